using SemiDefect.Anomaly.Search.Kernels;
using SemiDefect.Anomaly.Search.Neighbors;
using SemiDefect.Anomaly.Search.Numerics;
using SemiDefect.Anomaly.TestSupport;

namespace SemiDefect.Anomaly.Search.Tests.Neighbors;

public unsafe class PrefixEmbeddingTests
{
    private const int Width = 128;
    private const int ShortWidth = 32;

    public static TheoryData<string> Kinds => [.. HardData.Kinds];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Codes_lie_no_farther_apart_than_the_vectors(string kind)
    {
        foreach ((int rows, int columns) in new[] { (90, 200), (150, 20), (3, 5) })
        {
            float[] values = HardData.Make(kind, rows, columns, 8);
            using FeatureMatrix matrix = FeatureMatrix.CopyOf(values, rows, columns);
            using PrefixEmbedding embedding =
                PrefixEmbedding.Fit(matrix, Width, ShortWidth, Magnitude.Largest(matrix, 2), 2, CancellationToken.None);
            using var scratch = new PrefixEmbedding.Scratch(columns, Width);
            using var codes = new AlignedBuffer<float>(rows * Width);
            using var rests = new AlignedBuffer<float>(rows);
            using var lengths = new AlignedBuffer<double>(rows);
            embedding.Map(matrix.Data, rows, scratch, codes.Data, rests.Data, lengths.Data);
            Assert.InRange(embedding.Looseness, 0, 1e-4);
            for (int a = 0; a < rows; a++)
            {
                for (int b = 0; b < a; b++)
                {
                    double distance =
                        embedding.Scale * Math.Sqrt(BruteForce.SquaredDistance(matrix.Row(a), matrix.Row(b)));
                    double allowed =
                        distance * (1 + 1e-12) + embedding.Looseness * (lengths.Data[a] + lengths.Data[b]) + 1e-40;
                    Assert.True(Distance(codes.Data, rests.Data, a, b, Width) <= allowed);
                    Assert.True(Distance(codes.Data, rests.Data, a, b, ShortWidth) <= allowed);
                }
            }
        }
    }

    [Fact]
    public void Codes_of_low_rank_data_keep_nearly_all_of_the_distance()
    {
        float[] values = HardData.Make("low rank", 400, 120, 8);
        using FeatureMatrix matrix = FeatureMatrix.CopyOf(values, 400, 120);
        using PrefixEmbedding embedding = PrefixEmbedding.Fit(matrix, Width, ShortWidth, 10, 2, CancellationToken.None);
        using var scratch = new PrefixEmbedding.Scratch(120, Width);
        using var codes = new AlignedBuffer<float>(400 * Width);
        using var rests = new AlignedBuffer<float>(400);
        using var lengths = new AlignedBuffer<double>(400);
        embedding.Map(matrix.Data, 400, scratch, codes.Data, rests.Data, lengths.Data);
        double kept = 0;
        double all = 0;
        for (int row = 1; row < 400; row++)
        {
            kept += Distance(codes.Data, rests.Data, row, row - 1, ShortWidth);
            all += Math.Sqrt(BruteForce.SquaredDistance(matrix.Row(row), matrix.Row(row - 1)));
        }

        Assert.InRange(kept / all, 0.98, 1);
    }

    [Fact]
    public void Eigenvectors_of_a_known_matrix_are_found()
    {
        // [[2, 1], [1, 2]] has the eigenvalues 3 and 1 with the eigenvectors (1, 1) and (1, -1).
        double[] vectors = SymmetricEigen.Decompose([2, 1, 1, 2], 2);
        Assert.Equal(Math.Sqrt(0.5), Math.Abs(vectors[0]), 1e-15);
        Assert.Equal(vectors[0], vectors[2], 1e-15);
        Assert.Equal(vectors[1], -vectors[3], 1e-15);
    }

    [Theory]
    [InlineData(0, 0f, 0f)]
    [InlineData(37, 1.5f, 1.5f)]
    [InlineData(37, -7f, 7f)]
    [InlineData(3, float.NegativeInfinity, float.PositiveInfinity)]
    public void The_largest_magnitude_is_found_at_any_position(int position, float value, float expected)
    {
        float[] values = new float[40];
        values[position] = value;
        Assert.Equal(expected, Magnitude.Largest(values));
        values[39] = float.NaN;
        Assert.False(float.IsFinite(Magnitude.Largest(values)));
    }

    private static double Distance(float* codes, float* rests, int a, int b, int width)
    {
        double sum = 0;
        for (int i = 0; i < width; i++)
        {
            double difference = width == ShortWidth && i == width - 1
                ? (double)rests[a] - rests[b]
                : (double)codes[a * Width + i] - codes[b * Width + i];
            sum += difference * difference;
        }

        return Math.Sqrt(sum);
    }
}
