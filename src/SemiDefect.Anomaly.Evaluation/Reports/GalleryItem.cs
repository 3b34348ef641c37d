namespace SemiDefect.Anomaly.Evaluation.Reports;

/// <summary>One image of the gallery, rendered as data URIs. Immutable and thread-safe.</summary>
internal sealed record GalleryItem(ReportImage Image, int Width, int Height, string Picture, string Heat)
{
    /// <summary>The outline of the marked defect, or null.</summary>
    public string? Outline { get; init; }

    /// <summary>The surroundings of the patch with the highest score.</summary>
    public required string Patch { get; init; }

    /// <summary>
    /// The surroundings of its nearest training patch, or null if the training image is not available.
    /// </summary>
    public string? TrainingPatch { get; init; }

    /// <summary>The name of that training image.</summary>
    public required string TrainingImage { get; init; }
}
