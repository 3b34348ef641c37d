using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using SemiDefect.Anomaly.Search.Kernels;

namespace SemiDefect.Anomaly.Search.Neighbors;

/// <summary>
/// A <see cref="PrefixEmbedding"/> in float32, for queries: half the work, but less accurate codes. An error bound
/// comes with each code (docs/exact-search.md has the proof); a query whose bound is too large is embedded in float64.
/// Thread-safe after construction; does not own the float64 embedding. Memory: 4 bytes per column and value.
/// </summary>
internal sealed unsafe class QueryEmbedding : IDisposable
{
    /// <summary>Maximum number of queries per call.</summary>
    public const int Rows = 4 * QueryProjectionKernel.RowMultiple;

    /// <summary>
    /// Vectors with a larger norm (scaled and centered) get all-zero codes: their squares could exceed the range of
    /// float32.
    /// </summary>
    public const double Longest = 1e15;

    // Relative to the norm of the vector; the distances that matter are tenths of it.
    private const double LargestSlack = 1e-3;
    private const double Unit = 1.0 / (1 << 24);

    private readonly PrefixEmbedding _embedding;
    private readonly AlignedBuffer<float> _basis;
    private readonly double _scoreSlack;

    /// <summary>Prepares the embedding for float32.</summary>
    public QueryEmbedding(PrefixEmbedding embedding)
    {
        _embedding = embedding;
        _basis = new AlignedBuffer<float>((long)embedding.Dimension * embedding.Width);
        QueryProjectionKernel.Pack(embedding.Basis, embedding.Dimension, embedding.Width, _basis.Data);

        // Three more roundings: one of the vector, one of the basis, and one to spare.
        double roundings = QueryProjectionKernel.Roundings(embedding.Dimension) + 3;
        _scoreSlack = 1.02 * roundings * Unit + embedding.Looseness * embedding.Looseness;
    }

    /// <summary>Embeds consecutive queries, at most <see cref="Rows"/>.</summary>
    /// <param name="queries">count x columns, row-major. If a value is not finite, the norm is infinity or NaN.</param>
    /// <param name="count">The number of queries.</param>
    /// <param name="scratch">Working memory of the calling thread.</param>
    /// <param name="codes">Receives count long codes.</param>
    /// <param name="shortRests">Receives the last value of each short code; its other values are the first ones of the
    /// long code.</param>
    /// <param name="lengths">Receives the norm of each scaled and centered query.</param>
    /// <param name="slacks">Receives the maximum distance of each code from its exact value.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Map(
        float* queries,
        int count,
        Scratch scratch,
        float* codes,
        float* shortRests,
        double* lengths,
        double* slacks)
    {
        int dimension = _embedding.Dimension;
        int width = _embedding.Width;
        for (int i = 0; i < count; i++)
        {
            lengths[i] = Math.Sqrt(
                Center(
                    queries + (long)i * dimension,
                    _embedding.Scale,
                    _embedding.Center,
                    scratch.Centered + (long)i * dimension,
                    dimension));
        }

        QueryProjectionKernel.Multiply(scratch.Centered, count, dimension, _basis.Data, width, scratch.Scores);
        bool tooLoose = false;
        for (int i = 0; i < count; i++)
        {
            float* code = codes + (long)i * width;
            if (!(lengths[i] <= Longest))
            {
                new Span<float>(code, width).Clear();
                shortRests[i] = 0;
                slacks[i] = lengths[i];
                continue;
            }

            new ReadOnlySpan<float>(scratch.Scores + i * width, width - 1).CopyTo(new Span<float>(code, width));
            slacks[i] = SetRests(code, lengths[i], out code[width - 1], out shortRests[i]);
            tooLoose |= slacks[i] > LargestSlack * lengths[i];
        }

        if (tooLoose)
        {
            MapExactly(queries, count, scratch, codes, shortRests, lengths, slacks);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _basis.Dispose();

    /// <summary>Writes the centered vector and returns its squared norm.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static double Center(float* source, double scale, double* center, float* target, int length)
    {
        Vector256<double> factor = Vector256.Create(scale);
        Vector256<double> s0 = Vector256<double>.Zero;
        Vector256<double> s1 = Vector256<double>.Zero;
        int i = 0;
        for (; i <= length - 8; i += 8)
        {
            (Vector256<double> lower, Vector256<double> upper) = Vector256.Widen(Vector256.Load(source + i));
            lower = lower * factor - Vector256.Load(center + i);
            upper = upper * factor - Vector256.Load(center + i + 4);
            s0 += lower * lower;
            s1 += upper * upper;
            Vector256.Narrow(lower, upper).Store(target + i);
        }

        double sum = 0;
        for (; i < length; i++)
        {
            double value = source[i] * scale - center[i];
            sum += value * value;
            target[i] = (float)value;
        }

        return sum + Vector256.Sum(s0 + s1);
    }

    private double SetRests(float* code, double length, out float longRest, out float shortRest)
    {
        int shortScores = _embedding.ShortWidth - 1;
        (double shortSquare, double shortSum) = Norms(code, shortScores);
        (double restSquare, double restSum) = Norms(code + shortScores, _embedding.Width - 1 - shortScores);
        double square = length * length;
        double slack = _scoreSlack * length;
        double longSlack =
            Root(square - (shortSquare + restSquare), RadicandSlack(shortSum + restSum, length), out longRest);
        double shortSlack = Root(square - shortSquare, RadicandSlack(shortSum, length), out shortRest);
        double sum = Math.Sqrt(_embedding.Width) * slack + Math.Max(longSlack, shortSlack) + Math.ScaleB(length, -22);
        return sum * (1 + 1e-6) + Math.ScaleB(1, -125);
    }

    /// <summary>How much small errors of the scores change the sum of their squares.</summary>
    private double RadicandSlack(double sumOfScores, double length)
    {
        double slack = _scoreSlack * length;
        double exact = _embedding.Looseness * length;
        return 2 * slack * sumOfScores + _embedding.Width * slack * slack + exact * exact;
    }

    /// <summary>The square root of a value with a known maximum error; returns the maximum error of the root.</summary>
    private static double Root(double radicand, double slack, out float root)
    {
        double value = Math.Sqrt(Math.Max(0, radicand));
        root = (float)value;
        return value * value > slack ? slack / value : Math.Sqrt(slack);
    }

    /// <summary>The sums of the squares and of the magnitudes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static (double Squares, double Magnitudes) Norms(float* values, int length)
    {
        Vector256<double> s0 = Vector256<double>.Zero;
        Vector256<double> s1 = Vector256<double>.Zero;
        Vector256<float> magnitudes = Vector256<float>.Zero;
        int i = 0;
        for (; i <= length - 8; i += 8)
        {
            Vector256<float> value = Vector256.Load(values + i);
            (Vector256<double> lower, Vector256<double> upper) = Vector256.Widen(value);
            s0 += lower * lower;
            s1 += upper * upper;
            magnitudes += Vector256.Abs(value);
        }

        double squares = Vector256.Sum(s0 + s1);
        double sum = Vector256.Sum(magnitudes) * (1 + 1e-4);
        for (; i < length; i++)
        {
            squares += (double)values[i] * values[i];
            sum += Math.Abs(values[i]);
        }

        return (squares, sum);
    }

    private void MapExactly(
        float* queries,
        int count,
        Scratch scratch,
        float* codes,
        float* shortRests,
        double* lengths,
        double* slacks)
    {
        _embedding.Map(queries, count, scratch.Exact, codes, shortRests, lengths);
        for (int i = 0; i < count; i++)
        {
            if (lengths[i] <= Longest)
            {
                slacks[i] = _embedding.Looseness * lengths[i] + Math.ScaleB(1, -125);
            }
            else
            {
                new Span<float>(codes + (long)i * _embedding.Width, _embedding.Width).Clear();
                shortRests[i] = 0;
            }
        }
    }

    /// <summary>Working memory of one thread.</summary>
    internal sealed class Scratch : IDisposable
    {
        private readonly int _dimension;
        private readonly int _width;
        private readonly AlignedBuffer<float> _memory;
        private PrefixEmbedding.Scratch? _exact;

        public Scratch(int dimension, int width)
        {
            _dimension = dimension;
            _width = width;
            _memory = new AlignedBuffer<float>((long)Rows * (dimension + width));
        }

        public float* Centered => _memory.Data;

        public float* Scores => _memory.Data + (long)Rows * _dimension;

        public PrefixEmbedding.Scratch Exact => _exact ??= new PrefixEmbedding.Scratch(_dimension, _width);

        public void Dispose()
        {
            _memory.Dispose();
            _exact?.Dispose();
        }
    }
}
