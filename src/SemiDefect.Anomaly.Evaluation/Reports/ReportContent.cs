using SemiDefect.Anomaly.Evaluation.Rehearsals;

namespace SemiDefect.Anomaly.Evaluation.Reports;

/// <summary>The content of a report. Immutable and thread-safe.</summary>
public sealed record ReportContent
{
    /// <summary>The heading.</summary>
    public required string Title { get; init; }

    /// <summary>When the report is made, to be shown; null to leave it out.</summary>
    public DateTimeOffset? Created { get; init; }

    /// <summary>The inspected images, in any order.</summary>
    public required IReadOnlyList<ReportImage> Images { get; init; }

    /// <summary>The evaluation; null if the labels are unknown.</summary>
    public EvaluationResult? Evaluation { get; init; }

    /// <summary>A rehearsal with synthetic defects, or null.</summary>
    public RehearsalResult? Rehearsal { get; init; }

    /// <summary>Accounts of single defects, for a table of them; empty for none.</summary>
    public IReadOnlyList<DefectAccount> Defects { get; init; } = [];

    /// <summary>Images that could not be read, with the reason.</summary>
    public IReadOnlyList<(string Path, string Reason)> Unreadable { get; init; } = [];

    /// <summary>The folder of the training images of the detector, or null if it is not available.</summary>
    public string? TrainingFolder { get; init; }

    /// <summary>Further options to show, by name, in addition to those stored in the detector.</summary>
    public IReadOnlyList<(string Name, string Value)> Options { get; init; } = [];

    /// <summary>The maximum number of images in the gallery, 0 to 1000.</summary>
    public int GallerySize { get; init; } = 60;

    /// <summary>The content of a report on an evaluation.</summary>
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
