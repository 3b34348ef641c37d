using System.Diagnostics;
using SemiDefect.Anomaly.Search.Coresets;
using SemiDefect.Anomaly.Search.Neighbors;
using SemiDefect.Anomaly.Search.Numerics;

namespace SemiDefect.Anomaly.Search.Benchmarking;

/// <summary>
/// Times the exact greedy coreset on an array, as `semidefect bench --coreset FEATURES.npy FRACTION` does. Stateless
/// and thread-safe, but concurrent work distorts the timing.
/// </summary>
public static class CoresetBenchmark
{
    private const int Runs = 3;
    private const int FirstIndices = 10;

    /// <summary>Runs the selection three times and times each run from the array to the picks.</summary>
    /// <param name="featuresPath">A .npy file of float32, rows x dimensions.</param>
    /// <param name="fraction">The share of the rows to pick, above 0 and at most 1.</param>
    /// <param name="threads">Number of threads; 0 for one per processor.</param>
    /// <param name="accelerator">A device that finds the rows near a pick; null for the CPU. Not disposed.</param>
    /// <param name="progress">Receives the progress of each run.</param>
    /// <param name="cancellationToken">Stops between picks.</param>
    /// <exception cref="SemiDefectException">The file cannot be read, or the fraction is out of range.</exception>
    public static CoresetTiming Run(
        string featuresPath,
        double fraction,
        int threads = 0,
        SearchAccelerator? accelerator = null,
        IProgress<CoresetProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        var options = new CoresetOptions(fraction: fraction, threads: threads) { Accelerator = accelerator };
        using FeatureMatrix features = BenchmarkArrays.Read(featuresPath);
        var seconds = new List<double>();
        CoresetSelection selection;
        do
        {
            long start = Stopwatch.GetTimestamp();
            selection = Coreset.Select(features, options, progress, cancellationToken);
            seconds.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
        }
        while (seconds.Count < Runs);

        return new CoresetTiming(
            features.Rows,
            features.Columns,
            BenchmarkArrays.Median(seconds),
            seconds.Min(),
            selection.Indices.Length,
            selection.CoveringRadius,
            selection.Indices[..Math.Min(FirstIndices, selection.Indices.Length)]);
    }
}
