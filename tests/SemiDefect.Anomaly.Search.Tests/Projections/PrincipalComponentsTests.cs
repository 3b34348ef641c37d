using SemiDefect.Anomaly.Search.Numerics;
using SemiDefect.Anomaly.Search.Projections;

namespace SemiDefect.Anomaly.Search.Tests.Projections;

public class PrincipalComponentsTests
{
    private const int Size = 10;

    [Fact]
    public void All_components_keep_all_distances()
    {
        float[][] vectors = Vectors(400);
        (float[] matrix, double share) = PrincipalComponents.Fit(Moments(vectors), Size)!.Value;
        Assert.Equal(1, share, 1e-12);
        for (int i = 1; i < vectors.Length; i++)
        {
            Assert.Equal(
                Distance(vectors[i], vectors[0]),
                Distance(Map(matrix, vectors[i]), Map(matrix, vectors[0])),
                1e-4);
        }
    }

    [Fact]
    public void Components_have_falling_variances_and_their_share()
    {
        float[][] vectors = Vectors(2000);
        (float[] matrix, double share) = PrincipalComponents.Fit(Moments(vectors), 4)!.Value;
        double[] variances = Variances([.. vectors.Select(vector => Map(matrix, vector))]);
        Assert.Equal(variances.OrderDescending(), variances);
        Assert.Equal(variances.Sum() / Variances(vectors).Sum(), share, 1e-4);
        Assert.InRange(share, 0.5, 0.99);
    }

    [Fact]
    public void Whitened_components_have_about_equal_variances()
    {
        float[][] vectors = Vectors(4000);
        Moments[] groups = [.. vectors.Chunk(800).Select(chunk => Moments(chunk))];
        (float[] matrix, double shrinkage) = PrincipalComponents.FitWhitened(groups, 5)!.Value;
        double[] variances = Variances([.. vectors.Select(vector => Map(matrix, vector))]);
        Assert.Equal(0.01, shrinkage);
        Assert.InRange(variances.Max() / variances.Min(), 1, 1.2);
    }

    [Fact]
    public void What_does_not_vary_has_no_components()
    {
        Moments same = Moments([.. Enumerable.Repeat(Vectors(1)[0], 50)]);
        Moments one = Moments(Vectors(1));
        Assert.Null(PrincipalComponents.Fit(one, 2));
        Assert.Null(PrincipalComponents.FitWhitened([one], 2));
        Assert.Null(PrincipalComponents.FitWhitened([], 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => PrincipalComponents.Fit(same, Size + 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => PrincipalComponents.Fit(same, 0));
    }

    private static float[][] Vectors(int count)
    {
        var generator = new SeededGenerator(3);
        return
        [
            .. Enumerable.Range(0, count).Select(_ => (float[])
            [
                .. Enumerable.Range(0, Size).Select(i => (float)(generator.NextGaussian() * (1 + i) / Size + i)),
            ]),
        ];
    }

    private static Moments Moments(float[][] vectors)
    {
        var moments = new Moments(Size);
        foreach (float[] vector in vectors)
        {
            moments.Add(vector);
        }

        return moments;
    }

    private static float[] Map(float[] matrix, float[] vector) =>
    [
        .. matrix.Chunk(Size).Select(row => (float)row.Zip(vector).Sum(pair => (double)pair.First * pair.Second)),
    ];

    private static double Distance(float[] a, float[] b) =>
        Math.Sqrt(a.Zip(b).Sum(pair => Math.Pow((double)pair.First - pair.Second, 2)));

    private static double[] Variances(float[][] vectors) =>
    [
        .. Enumerable.Range(0, vectors[0].Length).Select(i =>
        {
            double mean = vectors.Average(vector => (double)vector[i]);
            return vectors.Average(vector => Math.Pow(vector[i] - mean, 2));
        }),
    ];
}
