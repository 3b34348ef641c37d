using SemiDefect.Anomaly.Search.Numerics;

namespace SemiDefect.Anomaly.Search.Neighbors;

/// <summary>Compares the fast search with brute force on this machine's instruction set. Stateless.</summary>
public static class SearchSelfTest
{
    private const int Rows = 1500;
    private const int Columns = 70;
    private const int Queries = 40;
    private const int Neighbors = 5;

    /// <summary>Runs both searches, in a few milliseconds.</summary>
    /// <returns>Whether distances and rows agree bit for bit.</returns>
    public static bool Run()
    {
        var generator = new SeededGenerator(1);
        float[] values = new float[(Rows + Queries) * Columns];
        for (int row = 0; row < Rows + Queries; row++)
        {
            // A random walk, so that some rows are near and others far.
            for (int column = 0; column < Columns; column++)
            {
                int before = (row - 1) * Columns + column;
                values[row * Columns + column] = (float)generator.NextGaussian() + (before < 0 ? 0 : values[before]);
            }
        }

        using FeatureMatrix bank = FeatureMatrix.CopyOf(values.AsSpan(0, Rows * Columns), Rows, Columns);
        using var flat = new FlatNearestNeighbors(bank);
        using INearestNeighbors fast = NearestNeighbors.Create(bank);
        (double[] Distances, int[] Rows) expected = Search(flat, values);
        (double[] Distances, int[] Rows) found = Search(fast, values);
        return expected.Distances.AsSpan().SequenceEqual(found.Distances)
            && expected.Rows.AsSpan().SequenceEqual(found.Rows);
    }

    private static (double[] Distances, int[] Rows) Search(INearestNeighbors search, float[] values)
    {
        double[] distances = new double[Queries * Neighbors];
        int[] rows = new int[distances.Length];
        search.Search(values.AsSpan(Rows * Columns), Neighbors, distances, rows);
        return (distances, rows);
    }
}
