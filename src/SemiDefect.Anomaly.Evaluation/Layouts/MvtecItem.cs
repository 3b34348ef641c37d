namespace SemiDefect.Anomaly.Evaluation.Layouts;

/// <summary>One test image of a data set in the MVTec layout.</summary>
/// <param name="RelativePath">The path below the data set's folder, '/'-separated, for example test/scratch/003.png.</param>
/// <param name="FullPath">The absolute path, in the manner of this system.</param>
/// <param name="Type">The name of the folder that it lies in: 'good' or a kind of defect.</param>
/// <param name="IsDefect">Whether the image is anything but good.</param>
/// <param name="MaskPath">The absolute path of the picture that marks the defect; null for good images and where there is none.</param>
public sealed record MvtecItem(string RelativePath, string FullPath, string Type, bool IsDefect, string? MaskPath);
