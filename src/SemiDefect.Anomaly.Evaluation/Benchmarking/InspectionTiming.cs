namespace SemiDefect.Anomaly.Evaluation.Benchmarking;

/// <summary>The result of <see cref="InspectionBenchmark"/>. Immutable and thread-safe.</summary>
/// <param name="Images">Number of inspections in a row.</param>
/// <param name="ImagesPerSecond">Throughput of these, including decoding but no image output.</param>
/// <param name="Singles">Number of single inspections.</param>
/// <param name="LatencyP50">
/// The median of the seconds from the file to the decision, over the single inspections.
/// </param>
/// <param name="LatencyP95">The 95th percentile of the same.</param>
/// <param name="LatencyP99">The 99th percentile of the same.</param>
/// <param name="StageSeconds">Mean seconds per single inspection, by stage.</param>
/// <param name="PeakBytes">The peak memory of the process in bytes.</param>
public sealed record InspectionTiming(
    int Images,
    double ImagesPerSecond,
    int Singles,
    double LatencyP50,
    double LatencyP95,
    double LatencyP99,
    IReadOnlyDictionary<InspectionStage, double> StageSeconds,
    long PeakBytes);
