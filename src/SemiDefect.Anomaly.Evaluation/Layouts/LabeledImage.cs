namespace SemiDefect.Anomaly.Evaluation.Layouts;

/// <summary>A labeled image.</summary>
/// <param name="Path">The relative path, '/'-separated on all systems.</param>
/// <param name="FullPath">The absolute path, in the format of this system.</param>
/// <param name="Type">'good', or the type of defect.</param>
/// <param name="IsAbnormal">Whether the image is labeled abnormal.</param>
/// <param name="MaskPath">The absolute path of the defect mask, the first of several; null if there is none.</param>
public sealed record LabeledImage(string Path, string FullPath, string Type, bool IsAbnormal, string? MaskPath)
{
    private readonly DefectMask? _mask;

    /// <summary>All that marks its defects; null if nothing does.</summary>
    public DefectMask? Mask
    {
        get => _mask ?? (MaskPath is null ? null : new DefectMask([MaskPath]));
        init => _mask = value;
    }

    /// <summary>An image with its mask, which may be null.</summary>
    internal static LabeledImage With(DefectMask? mask, string path, string fullPath, string type, bool isAbnormal) =>
        new(path, fullPath, type, isAbnormal, mask is { Paths.Count: > 0 } ? mask.Paths[0] : null) { Mask = mask };
}
