using SemiDefect.Anomaly.Search.Kernels;
using SemiDefect.Anomaly.Search.Neighbors;
using SemiDefect.Anomaly.Search.Numerics;
using SemiDefect.Anomaly.TestSupport;

namespace SemiDefect.Anomaly.Search.Tests.Neighbors;

public unsafe class QueryEmbeddingTests
{
    private const int Width = 128;
    private const int ShortWidth = 32;

    public static TheoryData<string> Kinds => [.. HardData.Kinds];

    [Theory]
    [MemberData(nameof(Kinds))]
    [Trait("Speed", "Slow")]
    public void Codes_of_queries_lie_no_farther_from_those_of_rows_than_the_vectors(string kind)
    {
        const int Rows = 40;
        double* slacks = stackalloc double[QueryEmbedding.Rows];
        foreach ((int count, int columns) in new[] { (QueryEmbedding.Rows, 300), (7, 20), (1, 1000) })
        {
            using FeatureMatrix rows = FeatureMatrix.CopyOf(HardData.Make(kind, Rows, columns, 8), Rows, columns);
            using FeatureMatrix queries = FeatureMatrix.CopyOf(HardData.Make(kind, count, columns, 9), count, columns);
            using PrefixEmbedding embedding =
                PrefixEmbedding.Fit(rows, Width, ShortWidth, Magnitude.Largest(rows, 2), 2, CancellationToken.None);
            using var map = new QueryEmbedding(embedding);
            using var exactScratch = new PrefixEmbedding.Scratch(columns, Width);
            using var scratch = new QueryEmbedding.Scratch(columns, Width);
            using var codes = new Codes(Rows);
            using var others = new Codes(count);
            embedding.Map(rows.Data, Rows, exactScratch, codes.Long, codes.Rests, codes.Lengths);
            map.Map(queries.Data, count, scratch, others.Long, others.Rests, others.Lengths, slacks);
            for (int query = 0; query < count; query++)
            {
                Assert.True(
                    others.Lengths[query] > QueryEmbedding.Longest
                        || slacks[query] <= 1e-3 * others.Lengths[query] + 1e-35);
                for (int row = 0; row < Rows && others.Lengths[query] <= QueryEmbedding.Longest; row++)
                {
                    double distance =
                        embedding.Scale * Math.Sqrt(BruteForce.SquaredDistance(queries.Row(query), rows.Row(row)));
                    double allowed =
                        distance * (1 + 1e-12) + slacks[query] + embedding.Looseness * codes.Lengths[row] + 1e-40;
                    Assert.InRange(Codes.Distance(others, query, codes, row, Width), 0, allowed);
                    Assert.InRange(Codes.Distance(others, query, codes, row, ShortWidth), 0, allowed);
                }
            }
        }
    }

    [Fact]
    public void Float32_is_accurate_enough_if_the_residual_is_not_negligible()
    {
        const int Columns = 1000;
        using FeatureMatrix rows = FeatureMatrix.CopyOf(HardData.Make("gaussian", 200, Columns, 8), 200, Columns);
        using PrefixEmbedding embedding = PrefixEmbedding.Fit(rows, Width, ShortWidth, 10, 2, CancellationToken.None);
        using var map = new QueryEmbedding(embedding);
        using var scratch = new QueryEmbedding.Scratch(Columns, Width);
        using var codes = new Codes(QueryEmbedding.Rows);
        double* slacks = stackalloc double[QueryEmbedding.Rows];
        map.Map(rows.Data, QueryEmbedding.Rows, scratch, codes.Long, codes.Rests, codes.Lengths, slacks);
        for (int i = 0; i < QueryEmbedding.Rows; i++)
        {
            // In float64, it would be less than a hundredth of this.
            Assert.InRange(slacks[i] / codes.Lengths[i], 5e-5, 1e-3);
        }
    }

    [Fact]
    public void Codes_of_vectors_that_are_too_long_are_zeros()
    {
        using FeatureMatrix rows = FeatureMatrix.CopyOf(HardData.Make("gaussian", 50, 30, 8), 50, 30);
        using PrefixEmbedding embedding = PrefixEmbedding.Fit(rows, Width, ShortWidth, 10, 2, CancellationToken.None);
        using var map = new QueryEmbedding(embedding);
        using var scratch = new QueryEmbedding.Scratch(30, Width);
        using var codes = new Codes(2);
        double* slacks = stackalloc double[2];
        float[] queries = new float[60];
        queries[3] = 3e38f;
        queries[33] = 1;
        fixed (float* start = queries)
        {
            map.Map(start, 2, scratch, codes.Long, codes.Rests, codes.Lengths, slacks);
        }

        Assert.True(codes.Lengths[0] > QueryEmbedding.Longest);
        Assert.All(new Span<float>(codes.Long, Width).ToArray(), value => Assert.Equal(0, value));
        Assert.Equal(0, codes.Rests[0]);
        Assert.NotEqual(0, codes.Long[Width]);
    }

    private sealed class Codes(int count) : IDisposable
    {
        private readonly AlignedBuffer<float> _long = new(count * Width);
        private readonly AlignedBuffer<float> _rests = new(count);
        private readonly AlignedBuffer<double> _lengths = new(count);

        public float* Long => _long.Data;

        public float* Rests => _rests.Data;

        public double* Lengths => _lengths.Data;

        public static double Distance(Codes a, int i, Codes b, int j, int width)
        {
            double sum = 0;
            for (int column = 0; column < width; column++)
            {
                double difference = width == ShortWidth && column == width - 1
                    ? (double)a.Rests[i] - b.Rests[j]
                    : (double)a.Long[i * Width + column] - b.Long[j * Width + column];
                sum += difference * difference;
            }

            return Math.Sqrt(sum);
        }

        public void Dispose()
        {
            _long.Dispose();
            _rests.Dispose();
            _lengths.Dispose();
        }
    }
}
