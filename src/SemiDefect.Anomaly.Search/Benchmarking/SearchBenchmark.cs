using System.Diagnostics;
using SemiDefect.Anomaly.Search.Neighbors;
using SemiDefect.Anomaly.Search.Numerics;

namespace SemiDefect.Anomaly.Search.Benchmarking;

/// <summary>
/// Times exact search on arrays, as `semidefect bench --search BANK.npy QUERIES.npy --k K` does. Stateless and
/// thread-safe, but concurrent work distorts the timing.
/// </summary>
public static class SearchBenchmark
{
    private const int LeastRuns = 7;
    private const int MostRuns = 101;
    private static readonly TimeSpan Enough = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Indexes the bank, runs one warm-up search, and then times searches for one second, but at least seven of them.
    /// </summary>
    /// <param name="bankPath">A .npy file of float32, rows x dimensions.</param>
    /// <param name="queriesPath">A .npy file of float32 with the same number of dimensions.</param>
    /// <param name="k">Neighbors per query.</param>
    /// <param name="threads">Number of threads; 0 for one per processor.</param>
    /// <param name="accelerator">A device to search on; null for the CPU. Not disposed.</param>
    /// <param name="cancellationToken">Stops between searches.</param>
    /// <exception cref="SemiDefectException">A file cannot be read, or the files do not match.</exception>
    public static SearchTiming Run(
        string bankPath,
        string queriesPath,
        int k,
        int threads = 0,
        SearchAccelerator? accelerator = null,
        CancellationToken cancellationToken = default)
    {
        using FeatureMatrix bank = BenchmarkArrays.Read(bankPath);
        using FeatureMatrix queries = BenchmarkArrays.Read(queriesPath);
        if (queries.Columns != bank.Columns)
        {
            throw new SemiDefectException(
                $"'{queriesPath}' has {queries.Columns} dimensions, but '{bankPath}' has {bank.Columns}.");
        }

        if (k < 1 || k > bank.Rows)
        {
            throw new SemiDefectException($"k must be 1 to {bank.Rows}, the rows of '{bankPath}'.");
        }

        ReadOnlySpan<float> values = queries.RowBlock(0, queries.Rows);
        double[] distances = new double[(long)queries.Rows * k];
        int[] indices = new int[distances.Length];
        long start = Stopwatch.GetTimestamp();
        using INearestNeighbors search = NearestNeighbors.Create(bank, default, threads, accelerator);
        TimeSpan indexing = Stopwatch.GetElapsedTime(start);
        search.Search(values, k, distances, indices, BankFilter.All, cancellationToken);
        var seconds = new List<double>();
        long begin = Stopwatch.GetTimestamp();
        while (seconds.Count < LeastRuns || (seconds.Count < MostRuns && Stopwatch.GetElapsedTime(begin) < Enough))
        {
            start = Stopwatch.GetTimestamp();
            search.Search(values, k, distances, indices, BankFilter.All, cancellationToken);
            seconds.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        double sum = 0;
        for (int query = 0; query < queries.Rows; query++)
        {
            sum += distances[(long)query * k];
        }

        return new SearchTiming(
            bank.Rows,
            bank.Columns,
            queries.Rows,
            k,
            BenchmarkArrays.Median(seconds),
            seconds.Min(),
            indexing.TotalSeconds,
            seconds.Count,
            sum);
    }
}
