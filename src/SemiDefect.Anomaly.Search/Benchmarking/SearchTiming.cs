namespace SemiDefect.Anomaly.Search.Benchmarking;

/// <summary>The result of <see cref="SearchBenchmark"/>. Immutable and thread-safe.</summary>
/// <param name="BankRows">Number of rows in the bank.</param>
/// <param name="Dimension">Number of columns of the bank and the queries.</param>
/// <param name="Queries">Number of queries per search.</param>
/// <param name="K">Neighbors per query.</param>
/// <param name="MedianSeconds">The median time of a search; `median_s` in JSON.</param>
/// <param name="BestSeconds">The shortest time; `best_s`.</param>
/// <param name="IndexSeconds">The time to index the bank once; `index_s`.</param>
/// <param name="Runs">Number of timed searches; `runs`.</param>
/// <param name="SumOfNearest">The sum over the queries of the nearest squared distance; `sum_of_nearest`.</param>
public sealed record SearchTiming(
    int BankRows,
    int Dimension,
    int Queries,
    int K,
    double MedianSeconds,
    double BestSeconds,
    double IndexSeconds,
    int Runs,
    double SumOfNearest);
