using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using SemiDefect.Anomaly.Search.Kernels;

namespace SemiDefect.Anomaly.Search.Neighbors;

/// <summary>
/// A <see cref="PrefixEmbedding"/> in float32, for queries: half the work, and images that lie less exactly where they belong. How
/// far they may be from there comes with each image (docs/exact-search.md proves it); a query for which that is too far is
/// mapped in float64. Thread-safe once made; does not own the map. Memory: 4 bytes per column and number.
/// </summary>
internal sealed unsafe class QueryEmbedding : IDisposable
{
    /// <summary>Queries that can be mapped at a time.</summary>
    public const int Rows = 4 * QueryProjectionKernel.RowMultiple;

    /// <summary>Images of vectors longer than this (scaled and centered) are all zeros: their squares could leave the range of float32.</summary>
    public const double Longest = 1e15;

    // Relative to a vector's length; the distances that matter are tenths of it.
    private const double LargestSlack = 1e-3;
    private const double Unit = 1.0 / (1 << 24);

    private readonly PrefixEmbedding _embedding;
    private readonly AlignedBuffer<float> _basis;
    private readonly double _scoreSlack;

    /// <summary>Prepares the map for float32.</summary>
    public QueryEmbedding(PrefixEmbedding embedding)
    {
        _embedding = embedding;
        _basis = new AlignedBuffer<float>((long)embedding.Dimension * embedding.Width);
        QueryProjectionKernel.Pack(embedding.Basis, embedding.Dimension, embedding.Width, _basis.Data);

        // Three more roundings: of the vector, of the basis, and to spare.
        double roundings = QueryProjectionKernel.Roundings(embedding.Dimension) + 3;
        _scoreSlack = 1.02 * roundings * Unit + embedding.Looseness * embedding.Looseness;
    }

    /// <summary>Maps consecutive queries, <see cref="Rows"/> at most.</summary>
    /// <param name="queries">count x columns, row-major; finite, or the length comes out infinite or NaN.</param>
    /// <param name="count">The number of queries.</param>
    /// <param name="scratch">Working memory of the calling thread.</param>
    /// <param name="images">Receives count long images.</param>
    /// <param name="shortRests">Receives the last number of each short image; its other numbers are the first of the long one.</param>
    /// <param name="lengths">Receives the length of each scaled and centered query.</param>
    /// <param name="slacks">Receives how far each image may be from where exact arithmetic would put it.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Map(float* queries, int count, Scratch scratch, float* images, float* shortRests, double* lengths, double* slacks)
    {
        int dimension = _embedding.Dimension;
        int width = _embedding.Width;
        for (int i = 0; i < count; i++)
        {
            lengths[i] = Math.Sqrt(Center(queries + (long)i * dimension, _embedding.Scale, _embedding.Center, scratch.Centered + (long)i * dimension, dimension));
        }

        QueryProjectionKernel.Multiply(scratch.Centered, count, dimension, _basis.Data, width, scratch.Scores);
        bool tooLoose = false;
        for (int i = 0; i < count; i++)
        {
            float* image = images + (long)i * width;
            if (!(lengths[i] <= Longest))
            {
                new Span<float>(image, width).Clear();
                shortRests[i] = 0;
                slacks[i] = lengths[i];
                continue;
            }

            new ReadOnlySpan<float>(scratch.Scores + i * width, width - 1).CopyTo(new Span<float>(image, width));
            slacks[i] = SetRests(image, lengths[i], out image[width - 1], out shortRests[i]);
            tooLoose |= slacks[i] > LargestSlack * lengths[i];
        }

        if (tooLoose)
        {
            MapExactly(queries, count, scratch, images, shortRests, lengths, slacks);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _basis.Dispose();

    /// <summary>Writes the centered vector and returns its squared length.</summary>
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

    private double SetRests(float* image, double length, out float longRest, out float shortRest)
    {
        int shortScores = _embedding.ShortWidth - 1;
        (double shortSquare, double shortSum) = Norms(image, shortScores);
        (double restSquare, double restSum) = Norms(image + shortScores, _embedding.Width - 1 - shortScores);
        double square = length * length;
        double slack = _scoreSlack * length;
        double longSlack = Root(square - (shortSquare + restSquare), RadicandSlack(shortSum + restSum, length), out longRest);
        double shortSlack = Root(square - shortSquare, RadicandSlack(shortSum, length), out shortRest);
        return (Math.Sqrt(_embedding.Width) * slack + Math.Max(longSlack, shortSlack) + Math.ScaleB(length, -22)) * (1 + 1e-6) + Math.ScaleB(1, -125);
    }

    /// <summary>What scores that are off by a little make of the sum of their squares.</summary>
    private double RadicandSlack(double sumOfScores, double length)
    {
        double slack = _scoreSlack * length;
        double exact = _embedding.Looseness * length;
        return 2 * slack * sumOfScores + _embedding.Width * slack * slack + exact * exact;
    }

    /// <summary>The root of a number that is off by no more than a slack, and what the root may be off by.</summary>
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

    private void MapExactly(float* queries, int count, Scratch scratch, float* images, float* shortRests, double* lengths, double* slacks)
    {
        _embedding.Map(queries, count, scratch.Exact, images, shortRests, lengths);
        for (int i = 0; i < count; i++)
        {
            if (lengths[i] <= Longest)
            {
                slacks[i] = _embedding.Looseness * lengths[i] + Math.ScaleB(1, -125);
            }
            else
            {
                new Span<float>(images + (long)i * _embedding.Width, _embedding.Width).Clear();
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
