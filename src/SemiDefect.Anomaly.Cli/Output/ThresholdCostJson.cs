namespace SemiDefect.Anomaly.Cli.Output;

/// <summary>What a threshold would find, as JSON.</summary>
internal sealed record ThresholdCostJson(
    double? Rate, double Threshold, bool Present, int Found, IReadOnlyList<int> FoundBySize);
