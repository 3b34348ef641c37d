namespace SemiDefect.Anomaly.Search.Benchmarking;

/// <summary>What <see cref="SearchBenchmark"/> measured.</summary>
/// <param name="BankRows">Rows of the bank.</param>
/// <param name="Dimension">Columns of bank and queries.</param>
/// <param name="Queries">Queries per search.</param>
/// <param name="K">Neighbors per query.</param>
/// <param name="MedianSeconds">The median time of a search; `median_s` in JSON.</param>
/// <param name="BestSeconds">The shortest; `best_s`.</param>
/// <param name="IndexSeconds">The time to index the bank, once; `index_s`.</param>
/// <param name="Runs">Searches timed; `runs`.</param>
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
