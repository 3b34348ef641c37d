using SemiDefect.Anomaly.Search.Neighbors;
using SemiDefect.Anomaly.Search.Numerics;
using SemiDefect.Anomaly.TestSupport;

namespace SemiDefect.Anomaly.Search.Tests.Neighbors;

public class JoinedNearestNeighborsTests
{
    private const int Columns = 9;
    private const int First = 40;

    [Theory]
    [InlineData("gaussian", 25, 1)]
    [InlineData("gaussian", 25, 7)]
    [InlineData("duplicated", 25, 5)]
    [InlineData("constant", 25, 4)]
    [InlineData("gaussian", 2, 6)]
    public void Two_banks_are_searched_as_one(string kind, int second, int k)
    {
        float[] bank = HardData.Make(kind, First + second, Columns, 3);
        float[] queries = HardData.Make(kind, 13, Columns, 4);
        int[] groups = [.. Enumerable.Range(0, First + second).Select(row => row < First ? row % 4 : 99)];
        using FeatureMatrix upper = Matrix(bank.AsSpan(0, First * Columns));
        using FeatureMatrix lower = Matrix(bank.AsSpan(First * Columns));
        using var own = new PrefixNearestNeighbors(upper, groups.AsMemory(0, First), 2);
        using var joined = new JoinedNearestNeighbors(own, new PrefixNearestNeighbors(lower));
        foreach (int excluded in new[] { -1, 2 })
        {
            double[] distances = new double[13 * k];
            int[] indices = new int[13 * k];
            joined.Search(queries, k, distances, indices, excluded < 0 ? BankFilter.All : BankFilter.Without(excluded));
            (double[] expectedDistances, int[] expectedIndices) =
                BruteForce.Search(bank, queries, Columns, k, groups, excluded);
            Assert.Equal(expectedIndices, indices);
            Assert.Equal(expectedDistances, distances);
        }
    }

    private static FeatureMatrix Matrix(ReadOnlySpan<float> values)
    {
        FeatureMatrix matrix = FeatureMatrix.Allocate(values.Length / Columns, Columns);
        values.CopyTo(matrix.RowBlock(0, matrix.Rows));
        return matrix;
    }
}
