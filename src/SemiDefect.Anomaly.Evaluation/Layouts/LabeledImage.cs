namespace SemiDefect.Anomaly.Evaluation.Layouts;

/// <summary>One image whose truth is known.</summary>
/// <param name="Path">The relative path, '/'-separated on every system.</param>
/// <param name="FullPath">The absolute path, in the manner of this system.</param>
/// <param name="Type">'good', or the kind of defect.</param>
/// <param name="IsAbnormal">The truth.</param>
/// <param name="MaskPath">The absolute path of the picture that marks the defect, or null.</param>
public sealed record LabeledImage(string Path, string FullPath, string Type, bool IsAbnormal, string? MaskPath);
