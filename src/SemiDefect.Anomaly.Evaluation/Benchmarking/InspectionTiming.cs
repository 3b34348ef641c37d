namespace SemiDefect.Anomaly.Evaluation.Benchmarking;

/// <summary>What <see cref="InspectionBenchmark"/> measured. Immutable.</summary>
/// <param name="Images">Inspections in a row.</param>
/// <param name="ImagesPerSecond">Of all of them together, decoding included, no pictures written.</param>
/// <param name="Singles">Inspections one at a time.</param>
/// <param name="LatencyP50">Seconds from the file to the verdict that half of the single inspections stayed within.</param>
/// <param name="LatencyP95">The same for 95 %.</param>
/// <param name="LatencyP99">The same for 99 %.</param>
/// <param name="StageSeconds">Mean seconds per single inspection, by stage.</param>
/// <param name="PeakBytes">The most memory that the process ever held, in bytes.</param>
public sealed record InspectionTiming(
    int Images,
    double ImagesPerSecond,
    int Singles,
    double LatencyP50,
    double LatencyP95,
    double LatencyP99,
    IReadOnlyDictionary<InspectionStage, double> StageSeconds,
    long PeakBytes);
