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
    Decision Answer,
    IReadOnlyList<Region> Regions,
    PatchMatch HighestPatch,
    ReportImage Report)
{
    public string Decision => DecisionRule.NameOf(Answer);

    public bool IsAbnormal => Answer == SemiDefect.Anomaly.Decision.Abnormal;

    public static ScoredImage Of(ScoreItem item, Inspection inspection) => new(
        item.Name,
        inspection.Score,
        inspection.Threshold,
        inspection.Margin,
        inspection.PValue,
        inspection.Decision,
        inspection.Regions,
        inspection.HighestPatch,
        ReportImage.From(inspection, item.Name) with { Page = item.Page });
}
