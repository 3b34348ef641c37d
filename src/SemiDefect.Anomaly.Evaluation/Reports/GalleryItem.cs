using SemiDefect.Anomaly.Imaging;

namespace SemiDefect.Anomaly.Evaluation.Reports;

/// <summary>One image of the gallery with its pictures as data addresses.</summary>
internal sealed record GalleryItem(ReportImage Image, int Width, int Height, string Picture, string Heat)
{
    /// <summary>The outline of the marked defect, or null.</summary>
    public string? Outline { get; init; }

    /// <summary>The neighborhood of the highest patch.</summary>
    public required string Patch { get; init; }

    /// <summary>The neighborhood of the training patch nearest to it, or null where the training image is not at hand.</summary>
    public string? TrainingPatch { get; init; }

    /// <summary>The name of that training image.</summary>
    public required string TrainingImage { get; init; }
}
