namespace SemiDefect.Anomaly.Evaluation.Reports;

/// <summary>One inspected image of a report. Immutable and thread-safe.</summary>
public sealed record ReportImage
{
    /// <summary>The name of the image in the report.</summary>
    public required string Path { get; init; }

    /// <summary>Its full path.</summary>
    public required string FullPath { get; init; }

    /// <summary>The page of its file, from 1; null for the page that the detector reads.</summary>
    public int? Page { get; init; }

    /// <summary>The anomaly score.</summary>
    public required double Score { get; init; }

    /// <summary>The threshold that was applied.</summary>
    public required double Threshold { get; init; }

    /// <summary>The check threshold that was applied; null for two answers only.</summary>
    public double? CheckThreshold { get; init; }

    /// <summary>The conformal p-value, or null.</summary>
    public double? PValue { get; init; }

    /// <summary>The label; null if it is unknown.</summary>
    public bool? IsAbnormal { get; init; }

    /// <summary>'good' or the type of defect; null if it is unknown.</summary>
    public string? Type { get; init; }

    /// <summary>
    /// What the regions are called, the highest first; empty without regions, and if the detector was not taught names.
    /// </summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    /// <summary>What marks the defects, or null.</summary>
    public DefectMask? Mask { get; init; }

    /// <summary>The score minus the threshold.</summary>
    public double Margin => Score - Threshold;

    /// <summary>The decision.</summary>
    public Decision Decision => new DecisionRule(Threshold, CheckThreshold).Decide(Score);

    /// <summary>Whether the image is called abnormal.</summary>
    public bool IsCalledAbnormal => Decision == Decision.Abnormal;

    /// <summary>
    /// Whether the decision is known to be wrong, where an image to be checked counts as one that is not called
    /// abnormal.
    /// </summary>
    public bool IsWrong => IsAbnormal is bool truth && truth != IsCalledAbnormal;

    /// <summary>
    /// The sort key of a gallery: wrong decisions first, and the worst of them first; without labels, the highest
    /// margins first.
    /// </summary>
    public double Concern => IsAbnormal == true ? -Margin : Margin;

    /// <summary>check, alarm, escape or right; without labels, check, abnormal or normal.</summary>
    internal string Sort => Decision == Decision.Check || IsAbnormal is null
        ? DecisionRule.NameOf(Decision)
        : !IsWrong ? "right" : IsCalledAbnormal ? "alarm" : "escape";

    /// <summary>Creates an evaluated image.</summary>
    public static ReportImage From(ImageResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        return new ReportImage
        {
            Path = result.Image.Path,
            FullPath = result.Image.FullPath,
            Score = result.Score,
            Threshold = result.Threshold,
            CheckThreshold = result.CheckThreshold,
            PValue = result.PValue,
            IsAbnormal = result.Image.IsAbnormal,
            Type = result.Image.Type,
            Mask = result.Image.Mask,
            Names = result.Names,
        };
    }

    /// <summary>Creates an inspected image without a label.</summary>
    /// <param name="inspection">The inspection of a file; its name is the path of the file.</param>
    /// <param name="path">The name of the image in the report.</param>
    public static ReportImage From(Inspection inspection, string path)
    {
        ArgumentNullException.ThrowIfNull(inspection);
        return new ReportImage
        {
            Path = path,
            FullPath = inspection.Name,
            Score = inspection.Score,
            Threshold = inspection.Threshold,
            CheckThreshold = inspection.CheckThreshold,
            PValue = inspection.PValue,
            Names = [.. inspection.Regions.Select(region => region.Type?.Name).OfType<string>()],
        };
    }
}
