using SemiDefect.Anomaly.Search.Neighbors;
using SemiDefect.Anomaly.Search.Numerics;

namespace SemiDefect.Anomaly.TestSupport;

/// <summary>Reference for every search: all distances in float64, sorted; ties go to the lowest index.</summary>
internal sealed class BruteForceNeighbors(FeatureMatrix bank, int[]? groups = null) : INearestNeighbors
{
    public int Count => bank.Rows;

    public int Dimension => bank.Columns;

    public void Search(
        ReadOnlySpan<float> queries,
        int k,
        Span<double> squaredDistances,
        Span<int> indices,
        BankFilter filter = default,
        CancellationToken cancellationToken = default)
    {
        for (int query = 0; query < queries.Length / Dimension; query++)
        {
            float[] row = queries.Slice(query * Dimension, Dimension).ToArray();
            (int Index, double Distance)[] nearest = [.. Enumerable.Range(0, Count)
                .Where(i => filter == BankFilter.All || filter.Allows(groups![i]))
                .Select(i => (Index: i, Distance: SquaredDistance(row, bank.Row(i))))
                .OrderBy(pair => pair.Distance)
                .Take(k)];
            for (int i = 0; i < k; i++)
            {
                squaredDistances[query * k + i] = nearest[i].Distance;
                indices[query * k + i] = nearest[i].Index;
            }
        }
    }

    public void Dispose()
    {
    }

    private static double SquaredDistance(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        double sum = 0;
        for (int i = 0; i < a.Length; i++)
        {
            sum += ((double)a[i] - b[i]) * ((double)a[i] - b[i]);
        }

        return sum;
    }
}
