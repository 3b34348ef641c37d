using System.Diagnostics;

namespace SemiDefect.Anomaly.Evaluation.Benchmarking;

/// <summary>
/// Times complete inspections, as <c>semidefect bench MODEL</c> does. Stateless and thread-safe, but concurrent work
/// distorts the timing.
/// </summary>
public static class InspectionBenchmark
{
    private const int WarmUps = 3;

    /// <summary>
    /// Inspects image files one at a time to measure the latency, and then all of them in a row to measure the
    /// throughput.
    /// </summary>
    /// <param name="detector">The detector; not disposed.</param>
    /// <param name="paths">Image files, at least one, used in turn.</param>
    /// <param name="singles">Number of single inspections, 1 or more.</param>
    /// <param name="progress">Receives the number of completed inspections, on the calling thread.</param>
    /// <param name="cancellationToken">Cancels between inspections.</param>
    /// <exception cref="SemiDefectException">An image cannot be read.</exception>
    public static InspectionTiming Run(
        AnomalyDetector detector,
        IReadOnlyList<string> paths,
        int singles = 100,
        IProgress<int>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(detector);
        ArgumentNullException.ThrowIfNull(paths);
        ArgumentOutOfRangeException.ThrowIfZero(paths.Count, nameof(paths));
        ArgumentOutOfRangeException.ThrowIfLessThan(singles, 1);
        for (int i = 0; i < WarmUps; i++)
        {
            _ = detector.Inspect(paths[i % paths.Count], cancellationToken);
        }

        using var clock = new StageListener();
        double[] seconds = new double[singles];
        for (int i = 0; i < singles; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            long start = Stopwatch.GetTimestamp();
            _ = detector.Inspect(paths[i % paths.Count], cancellationToken);
            seconds[i] = Stopwatch.GetElapsedTime(start).TotalSeconds;
            progress?.Report(i + 1);
        }

        IReadOnlyDictionary<InspectionStage, double> stages = clock.Stop();
        int images = 0;
        long begin = Stopwatch.GetTimestamp();
        foreach (Inspection _ in detector.InspectAll(paths, null, cancellationToken))
        {
            progress?.Report(singles + ++images);
        }

        double rate = images / Stopwatch.GetElapsedTime(begin).TotalSeconds;
        Array.Sort(seconds);
        return new InspectionTiming(
            images,
            rate,
            singles,
            Percentile(seconds, 0.50),
            Percentile(seconds, 0.95),
            Percentile(seconds, 0.99),
            stages.ToDictionary(stage => stage.Key, stage => stage.Value / singles),
            Process.GetCurrentProcess().PeakWorkingSet64);
    }

    // The smallest measured value that is not exceeded by the given share of all values.
    private static double Percentile(double[] sorted, double share) =>
        sorted[Math.Max(0, (int)Math.Ceiling(share * sorted.Length) - 1)];
}
