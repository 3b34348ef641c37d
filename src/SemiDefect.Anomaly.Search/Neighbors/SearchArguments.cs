using SemiDefect.Anomaly.Search.Numerics;
using SemiDefect.Anomaly.Search.Threading;

namespace SemiDefect.Anomaly.Search.Neighbors;

/// <summary>The argument checks of all searches, made at their public entry points. Stateless.</summary>
internal static class SearchArguments
{
    /// <summary>Checks a bank, its groups and a thread count.</summary>
    /// <returns>The largest magnitude in the bank.</returns>
    /// <exception cref="ArgumentException">An argument is invalid.</exception>
    public static float CheckBank(FeatureMatrix bank, ReadOnlyMemory<int> groups, int threads)
    {
        ArgumentNullException.ThrowIfNull(bank);
        ArgumentOutOfRangeException.ThrowIfNegative(threads);
        if (bank.Rows == 0)
        {
            throw new ArgumentException("The bank has no rows.", nameof(bank));
        }

        if (!groups.IsEmpty && groups.Length != bank.Rows)
        {
            throw new ArgumentException($"{groups.Length} groups for {bank.Rows} rows.", nameof(groups));
        }

        float largest = Magnitude.Largest(bank, ThreadCount.Resolve(threads));
        return float.IsFinite(largest)
            ? largest
            : throw new ArgumentException(
                $"Row {Magnitude.FirstRowNotFinite(bank)} of the bank holds NaN or infinity.", nameof(bank));
    }

    /// <summary>
    /// Checks the arguments of <see cref="INearestNeighbors.Search"/>, except whether the queries are finite.
    /// </summary>
    /// <returns>The number of queries.</returns>
    /// <exception cref="ArgumentException">Sizes do not match, or fewer than k rows are left.</exception>
    public static int Check(
        INearestNeighbors search,
        ReadOnlySpan<int> groups,
        ReadOnlySpan<float> queries,
        int k,
        ReadOnlySpan<double> squaredDistances,
        ReadOnlySpan<int> indices,
        BankFilter filter)
    {
        if (queries.Length % search.Dimension != 0)
        {
            throw new ArgumentException(
                $"The queries are not a whole number of rows of {search.Dimension} values.", nameof(queries));
        }

        int left = search.Count - Excluded(groups, filter);
        if (k < 1 || k > left)
        {
            throw new ArgumentOutOfRangeException(nameof(k), k, $"k must be 1 to {left}, the rows left to search.");
        }

        int count = queries.Length / search.Dimension;
        if (squaredDistances.Length != (long)count * k)
        {
            throw new ArgumentException($"Room for {count} x {k} distances is needed.", nameof(squaredDistances));
        }

        if (indices.Length != (long)count * k)
        {
            throw new ArgumentException($"Room for {count} x {k} indices is needed.", nameof(indices));
        }

        return count;
    }

    /// <summary>Rejects queries that are not finite.</summary>
    /// <exception cref="ArgumentException">A query is not finite.</exception>
    public static void CheckFinite(ReadOnlySpan<float> queries)
    {
        if (!float.IsFinite(Magnitude.Largest(queries)))
        {
            throw NotFinite();
        }
    }

    /// <summary>The exception for queries that are not finite.</summary>
    public static ArgumentException NotFinite() => new("A query holds NaN or infinity.", "queries");

    private static int Excluded(ReadOnlySpan<int> groups, BankFilter filter)
    {
        int excluded = 0;
        foreach (int group in filter == BankFilter.All ? default : groups)
        {
            excluded += filter.Allows(group) ? 0 : 1;
        }

        return excluded;
    }
}
