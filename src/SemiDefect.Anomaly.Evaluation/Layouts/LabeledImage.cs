namespace SemiDefect.Anomaly.Evaluation.Layouts;

/// <summary>A labeled image.</summary>
/// <param name="Path">The relative path, '/'-separated on all systems.</param>
/// <param name="FullPath">The absolute path, in the format of this system.</param>
/// <param name="Type">'good', or the type of defect.</param>
/// <param name="IsAbnormal">Whether the image is labeled abnormal.</param>
/// <param name="MaskPath">The absolute path of the defect mask, or null.</param>
public sealed record LabeledImage(string Path, string FullPath, string Type, bool IsAbnormal, string? MaskPath);
