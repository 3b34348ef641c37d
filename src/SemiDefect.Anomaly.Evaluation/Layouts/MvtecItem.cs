namespace SemiDefect.Anomaly.Evaluation.Layouts;

/// <summary>A test image of a data set in the MVTec layout.</summary>
/// <param name="RelativePath">
/// The path relative to the data set, '/'-separated, for example test/scratch/003.png.
/// </param>
/// <param name="FullPath">The absolute path, in the format of this system.</param>
/// <param name="Type">The name of its folder: 'good' or a type of defect.</param>
/// <param name="IsDefect">Whether the image is not good.</param>
/// <param name="MaskPath">The absolute path of the defect mask; null for good images and images without mask.</param>
public sealed record MvtecItem(string RelativePath, string FullPath, string Type, bool IsDefect, string? MaskPath);
