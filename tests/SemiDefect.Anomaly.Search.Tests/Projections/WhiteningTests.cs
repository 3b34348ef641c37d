using CsCheck;
using SemiDefect.Anomaly.Search.Numerics;
using SemiDefect.Anomaly.Search.Projections;

namespace SemiDefect.Anomaly.Search.Tests.Projections;

public class WhiteningTests
{
    private const int Size = 12;

    [Fact]
    public void Distances_are_Mahalanobis_distances_under_the_shrunk_covariance()
    {
        float[][] vectors = Vectors(5000, new SeededGenerator(1));
        (float[] matrix, double shrinkage) = Whitening.Fit(Groups(vectors, 5))!.Value;
        Assert.Equal(0.01, shrinkage);

        // (C / v + s I) times W^T W is the unit matrix.
        double[,] covariance = Covariance(vectors);
        double variance = Enumerable.Range(0, Size).Average(i => covariance[i, i]);
        for (int i = 0; i < Size; i++)
        {
            for (int j = 0; j < Size; j++)
            {
                double product = 0;
                for (int k = 0; k < Size; k++)
                {
                    double inverse = 0;
                    for (int l = 0; l < Size; l++)
                    {
                        inverse += (double)matrix[l * Size + k] * matrix[l * Size + j];
                    }

                    product += (covariance[i, k] / variance + (i == k ? shrinkage : 0)) * inverse;
                }

                Assert.Equal(i == j ? 1 : 0, product, 1e-4);
            }
        }

        Assert.All(Enumerable.Range(0, Size * Size), i => Assert.True(i % Size <= i / Size || matrix[i] == 0));
    }

    [Fact]
    public void The_fewer_vectors_the_stronger_the_shrinkage()
    {
        double last = 0;
        foreach (int count in (int[])[5000, 150, 60, 40])
        {
            double shrinkage = Whitening.Fit(Groups(Vectors(count, new SeededGenerator(2)), 5))!.Value.Shrinkage;
            Assert.True(shrinkage >= last, $"{count} vectors");
            last = shrinkage;
        }

        Assert.True(last > 0.1);
    }

    [Fact]
    public void Without_evidence_there_is_no_whitening()
    {
        Assert.Null(Whitening.Fit([]));
        Assert.Null(Whitening.Fit(Groups(Vectors(100, new SeededGenerator(3)), 1)));

        // Groups that have nothing in common.
        float[][] far = [.. Vectors(10, new SeededGenerator(4)).Select((vector, i) =>
            (float[])[.. vector.Select((value, axis) => value + (axis == i ? 1000 : 0))])];
        Assert.Null(Whitening.Fit(Groups(far, 10)));
        Assert.Null(Whitening.Fit(Groups([.. Enumerable.Repeat(new float[Size], 20)], 4)));
    }

    [Fact]
    public void Empty_groups_are_left_out()
    {
        Moments[] groups = Groups(Vectors(500, new SeededGenerator(5)), 5);
        Assert.Equal(
            Whitening.Fit(groups)!.Value.Matrix, Whitening.Fit([new Moments(Size), .. groups])!.Value.Matrix);
    }

    [Fact]
    public void Moments_add_up() =>
        Gen.Select(Gen.Int[1, 200], Gen.Int[0, 200], Gen.ULong).Sample(
            (count, more, seed) =>
            {
                float[][] vectors = Vectors(count + more, new SeededGenerator(seed));
                Moments first = Groups(vectors[..count], 1)[0];
                first.Add(more == 0 ? new Moments(Size) : Groups(vectors[count..], 1)[0]);
                Assert.Equal(count + more, first.Count);
                double[,] expected = Covariance(vectors);
                double[] actual = first.SecondMoment(first.Mean());
                for (int i = 0; i < actual.Length; i++)
                {
                    Assert.Equal(expected[i / Size, i % Size], actual[i], 1e-9);
                }
            },
            iter: 30);

    // Correlated values of very different variances.
    private static float[][] Vectors(int count, SeededGenerator generator) =>
    [
        .. Enumerable.Range(0, count).Select(_ =>
        {
            double common = generator.NextGaussian();
            return (float[])
            [
                .. Enumerable.Range(0, Size)
                    .Select(i => (float)(3 + common / (1 + i) + generator.NextGaussian() / (1 + i * i))),
            ];
        }),
    ];

    private static Moments[] Groups(float[][] vectors, int count)
    {
        Moments[] groups = [.. Enumerable.Range(0, count).Select(_ => new Moments(Size))];
        for (int i = 0; i < vectors.Length; i++)
        {
            groups[i % count].Add(vectors[i]);
        }

        return groups;
    }

    private static double[,] Covariance(float[][] vectors)
    {
        double[] mean = [.. Enumerable.Range(0, Size).Select(i => vectors.Average(vector => (double)vector[i]))];
        double[,] covariance = new double[Size, Size];
        for (int i = 0; i < Size; i++)
        {
            for (int j = 0; j < Size; j++)
            {
                covariance[i, j] = vectors.Average(vector => (vector[i] - mean[i]) * (vector[j] - mean[j]));
            }
        }

        return covariance;
    }
}
