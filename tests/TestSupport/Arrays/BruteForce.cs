namespace SemiDefect.Anomaly.TestSupport;

/// <summary>Reference search: float64, no vectorization, no shortcuts.</summary>
internal static class BruteForce
{
    /// <summary>The distance as specified by ExactDistance: eight sums, added in a fixed order.</summary>
    public static double SquaredDistance(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        double[] lanes = new double[8];
        for (int i = 0; i < a.Length; i++)
        {
            double difference = (double)a[i] - b[i];
            lanes[i % 8] += difference * difference;
        }

        return (lanes[0] + lanes[4] + (lanes[2] + lanes[6])) + (lanes[1] + lanes[5] + (lanes[3] + lanes[7]));
    }

    /// <summary>The k nearest rows of each query; ties go to the lowest row.</summary>
    public static (double[] Distances, int[] Indices) Search(
        float[] bank,
        float[] queries,
        int columns,
        int k,
        int[]? groups = null,
        int excludedGroup = -1)
    {
        int rows = bank.Length / columns;
        int count = queries.Length / columns;
        double[] distances = new double[count * k];
        int[] indices = new int[count * k];
        for (int query = 0; query < count; query++)
        {
            (double Distance, int Row)[] nearest =
            [
                .. Enumerable.Range(0, rows)
                    .Where(row => groups is null || excludedGroup < 0 || groups[row] != excludedGroup)
                    .Select(row =>
                        (
                            SquaredDistance(
                                bank.AsSpan(row * columns, columns), queries.AsSpan(query * columns, columns)),
                            row))
                    .Order()
                    .Take(k),
            ];
            for (int i = 0; i < k; i++)
            {
                (distances[query * k + i], indices[query * k + i]) = nearest[i];
            }
        }

        return (distances, indices);
    }
}
