using SemiDefect.Anomaly.Scoring;

namespace SemiDefect.Anomaly.Cli.Output;

/// <summary>What is kept of an inspection once its files are written: no map.</summary>
internal sealed record ScoredImage(string Name, double Score, double Threshold, double Margin, bool IsAbnormal, IReadOnlyList<Region> Regions, PatchMatch HighestPatch)
{
    public string Decision => IsAbnormal ? "abnormal" : "normal";

    public static ScoredImage Of(string name, Inspection inspection) => new(
        name, inspection.Score, inspection.Threshold, inspection.Margin, inspection.IsAbnormal, inspection.Regions, inspection.HighestPatch);
}
