using System.Diagnostics;
using SemiDefect.Anomaly.Search.Coresets;
using SemiDefect.Anomaly.Search.Neighbors;
using SemiDefect.Anomaly.Search.Numerics;

namespace SemiDefect.Anomaly.Search.Benchmarking;

/// <summary>
/// Times the exact greedy coreset on an array of anyone's, as `semidefect bench --coreset FEATURES.npy FRACTION` does.
/// Thread-safe: nothing is kept, but what else runs on the machine is timed with it.
/// </summary>
public static class CoresetBenchmark
{
    private const int Runs = 3;
    private const int FirstIndices = 10;

    /// <summary>Selects three times over, everything from the array to the picks timed.</summary>
    /// <param name="featuresPath">A .npy file of float32, rows x dimensions.</param>
    /// <param name="fraction">The share of the rows to pick, above 0 and at most 1.</param>
    /// <param name="threads">Threads to use; 0 for as many as there are processors.</param>
    /// <param name="accelerator">A device to look for rows near a pick; null for the CPU.</param>
    /// <param name="progress">Told about each run's picks.</param>
    /// <param name="cancellationToken">Stops between picks.</param>
    /// <exception cref="SemiDefectException">The file cannot be read, or the fraction is impossible.</exception>
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
