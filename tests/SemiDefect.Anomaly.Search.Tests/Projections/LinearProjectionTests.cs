using CsCheck;
using SemiDefect.Anomaly.Search.Numerics;
using SemiDefect.Anomaly.Search.Projections;

namespace SemiDefect.Anomaly.Search.Tests.Projections;

public class LinearProjectionTests
{
    [Fact]
    public void Results_are_the_rounded_products_in_float64() =>
        Gen.Select(Gen.Int[1, 70], Gen.Int[1, 70], Gen.Int[0, 250], Gen.ULong).Sample(
            (outputs, inputs, rows, seed) =>
            {
                var generator = new SeededGenerator(seed);
                float[] Values(int count) =>
                    [.. Enumerable.Range(0, count).Select(_ => (float)generator.NextGaussian())];
                float[] matrix = Values(outputs * inputs);
                float[] vectors = Values(rows * inputs);
                float[] results = new float[rows * outputs];
                using var map = new LinearProjection(matrix, outputs, inputs);
                map.Apply(vectors, results, 3, CancellationToken.None);
                for (int i = 0; i < results.Length; i++)
                {
                    double sum = 0;
                    for (int j = 0; j < inputs; j++)
                    {
                        sum += (double)vectors[i / outputs * inputs + j] * matrix[i % outputs * inputs + j];
                    }

                    Assert.Equal((float)sum, results[i]);
                }
            },
            iter: 60);

    [Fact]
    public void Rows_can_be_replaced_by_their_results()
    {
        float[] rows = [.. Enumerable.Range(0, 2 * 1000).Select(i => (float)i)];
        using var map = new LinearProjection([0, 2, 1, 0], 2, 2);
        map.Apply(rows, rows, 2, CancellationToken.None);
        Assert.All(Enumerable.Range(0, 1000), i => Assert.Equal((4f * i + 2, 2f * i), (rows[2 * i], rows[2 * i + 1])));
    }

    [Fact]
    public void Wrong_lengths_are_rejected()
    {
        Assert.Throws<ArgumentException>(() => new LinearProjection(new float[5], 2, 3));
        using var map = new LinearProjection(new float[6], 2, 3);
        Assert.Throws<ArgumentException>(() => map.Apply(new float[4], new float[2], 1, CancellationToken.None));
        Assert.Throws<ArgumentException>(() => map.Apply(new float[6], new float[6], 1, CancellationToken.None));
    }
}
