using SemiDefect.Anomaly.Cli.Commands;
using SemiDefect.Anomaly.Evaluation.Reports;
using SemiDefect.Anomaly.Scoring;

namespace SemiDefect.Anomaly.Cli.Output;

/// <summary>The part of an inspection that is kept after its files are written, without the anomaly map.</summary>
internal sealed record ScoredImage(
    string Name,
    double Score,
    double Threshold,
    double Margin,
    double? PValue,
    bool IsAbnormal,
    IReadOnlyList<Region> Regions,
    PatchMatch HighestPatch,
    ReportImage Report)
{
    public string Decision => IsAbnormal ? "abnormal" : "normal";

    public static ScoredImage Of(ScoreItem item, Inspection inspection) => new(
        item.Name,
        inspection.Score,
        inspection.Threshold,
        inspection.Margin,
        inspection.PValue,
        inspection.IsAbnormal,
        inspection.Regions,
        inspection.HighestPatch,
        ReportImage.From(inspection, item.Name) with { Page = item.Page });
}
