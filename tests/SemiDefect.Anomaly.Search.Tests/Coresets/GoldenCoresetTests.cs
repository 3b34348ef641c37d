using SemiDefect.Anomaly.Search.Coresets;
using SemiDefect.Anomaly.Search.Numerics;
using SemiDefect.Anomaly.TestSupport;

namespace SemiDefect.Anomaly.Search.Tests.Coresets;

public class GoldenCoresetTests
{
    [Fact]
    public void Exact_greedy_on_the_raw_features_equals_the_golden_sequence()
    {
        using FeatureMatrix features = Matrix("coreset_features");
        Assert.Equal(
            Indices("coreset_exact_indices"), Coreset.Select(features, new CoresetOptions(fraction: 0.1)).Indices);
    }

    [Fact]
    public void Exact_greedy_on_a_projection_equals_the_golden_sequence()
    {
        using FeatureMatrix features = Matrix("coreset_features");
        using FeatureMatrix projection = Matrix("coreset_projection");
        CoresetSelection selection =
            Coreset.Select(features, new CoresetOptions(fraction: 0.1, projection: projection));
        Assert.Equal(Indices("coreset_exact_projected_indices"), selection.Indices);
    }

    [Fact]
    public void Approximate_greedy_on_a_projection_equals_the_golden_sequence()
    {
        using FeatureMatrix features = Matrix("coreset_features");
        using FeatureMatrix projection = Matrix("coreset_projection");
        var options = new CoresetOptions(
            fraction: 0.1,
            method: CoresetMethod.Approximate,
            starts: Indices("coreset_starts"),
            projection: projection);
        Assert.Equal(Indices("coreset_approx_indices"), Coreset.Select(features, options).Indices);
    }

    private static FeatureMatrix Matrix(string name)
    {
        (int[] shape, float[] values) = NpyFile.Read<float>(Golden(name));
        return FeatureMatrix.CopyOf(values, shape[0], shape[1]);
    }

    private static int[] Indices(string name) => [.. NpyFile.Read<long>(Golden(name)).Values.Select(i => (int)i)];

    private static string Golden(string name) =>
        Path.Combine(Repository.Root, "tests", "Golden", "coreset", name + ".npy");
}
