using SemiDefect.Anomaly.Search.Neighbors;
using SemiDefect.Anomaly.Search.Numerics;
using SemiDefect.Anomaly.TestSupport;

namespace SemiDefect.Anomaly.Search.Tests.Neighbors;

public class GoldenNeighborsTests
{
    [Fact]
    public void Flat_search_equals_the_golden_neighbors()
    {
        using FeatureMatrix bank = Bank();
        using var search = new FlatNearestNeighbors(bank);
        AssertGolden(search);
    }

    [Fact]
    public void Prefix_search_equals_the_golden_neighbors()
    {
        using FeatureMatrix bank = Bank();
        using var search = new PrefixNearestNeighbors(bank);
        AssertGolden(search);
    }

    private static void AssertGolden(INearestNeighbors search)
    {
        double[] expectedDistances = NpyFile.Read<double>(Golden("knn/knn_squared_l2_5.npy")).Values;
        long[] expectedIndices = NpyFile.Read<long>(Golden("knn/knn_indices_5.npy")).Values;
        float[] queries = NpyFile.Read<float>(Golden("coreset/coreset_features.npy")).Values[(300 * 192)..(340 * 192)];
        double[] distances = new double[40 * 5];
        int[] indices = new int[40 * 5];
        search.Search(queries, 5, distances, indices);
        Assert.Equal(expectedIndices, indices.Select(i => (long)i));
        for (int i = 0; i < distances.Length; i++)
        {
            Assert.Equal(expectedDistances[i], distances[i], expectedDistances[i] * 1e-14);
        }
    }

    private static FeatureMatrix Bank() =>
        FeatureMatrix.CopyOf(
            NpyFile.Read<float>(Golden("coreset/coreset_features.npy")).Values.AsSpan(0, 300 * 192), 300, 192);

    private static string Golden(string name) =>
        Path.Combine(Repository.Root, "tests", "Golden", name);
}
