using SemiDefect.Anomaly.Evaluation.Rehearsals;

namespace SemiDefect.Anomaly.Evaluation.Reports;

/// <summary>What a report is made of. Immutable, and so thread-safe.</summary>
public sealed record ReportContent
{
    /// <summary>The heading.</summary>
    public required string Title { get; init; }

    /// <summary>The inspected images, in any order.</summary>
    public required IReadOnlyList<ReportImage> Images { get; init; }

    /// <summary>The evaluation; null where the truth is not known.</summary>
    public EvaluationResult? Evaluation { get; init; }

    /// <summary>A rehearsal with planted defects, or null.</summary>
    public RehearsalResult? Rehearsal { get; init; }

    /// <summary>Images that could not be read, with the reason.</summary>
    public IReadOnlyList<(string Path, string Reason)> Unreadable { get; init; } = [];

    /// <summary>The folder of the good images that the detector learned from, where it is at hand; null otherwise.</summary>
    public string? TrainingFolder { get; init; }

    /// <summary>Further options to show, by name, besides those that the detector holds.</summary>
    public IReadOnlyList<(string Name, string Value)> Options { get; init; } = [];

    /// <summary>How many images the gallery shows at most, 0 to 1000.</summary>
    public int GallerySize { get; init; } = 60;

    /// <summary>The content of an evaluation's report.</summary>
    public static ReportContent From(EvaluationResult evaluation, string? trainingFolder = null)
    {
        ArgumentNullException.ThrowIfNull(evaluation);
        return new ReportContent
        {
            Title = evaluation.Name,
            Images = [.. evaluation.Images.Select(ReportImage.From)],
            Evaluation = evaluation,
            Unreadable = evaluation.Unreadable,
            TrainingFolder = trainingFolder,
        };
    }
}
