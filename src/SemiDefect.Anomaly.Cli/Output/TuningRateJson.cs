namespace SemiDefect.Anomaly.Cli.Output;

/// <summary>What a false-alarm rate would buy, as JSON.</summary>
internal sealed record TuningRateJson(double Rate, double Threshold, int Found, IReadOnlyList<int> FoundBySize);
