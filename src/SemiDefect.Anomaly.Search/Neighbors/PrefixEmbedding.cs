using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using SemiDefect.Anomaly.Search.Kernels;
using SemiDefect.Anomaly.Search.Numerics;

namespace SemiDefect.Anomaly.Search.Neighbors;

/// <summary>
/// A map of vectors to <see cref="Width"/> numbers under which no two vectors move apart: the leading principal
/// coordinates, and as the last number the length of what they leave out. Distances between images are therefore lower
/// bounds of distances between vectors; docs/exact-search.md proves it, and that <see cref="Looseness"/> covers all rounding.
/// A version of <see cref="ShortWidth"/> numbers of the same kind comes with it. Thread-safe once made. Memory: 8 bytes
/// per column and number; while it is fitted, 32 MiB for a sample (128 rows in float64 twice where those take more).
/// </summary>
internal sealed unsafe class PrefixEmbedding : IDisposable
{
    private const int LargestSample = 2048;
    private const int SmallestSample = 128;
    private const int SampleValues = 1 << 21;

    private readonly AlignedBuffer<double> _center;
    private readonly AlignedBuffer<double> _basis;

    private PrefixEmbedding(int dimension, int width, int shortWidth, double scale, AlignedBuffer<double> center, AlignedBuffer<double> basis)
    {
        Dimension = dimension;
        Width = width;
        ShortWidth = shortWidth;
        Scale = scale;
        _center = center;
        _basis = basis;
        double orthonormality = PrincipalSubspace.OrthonormalityError(basis.Data, dimension, width);
        double summation = (dimension + 8.0) * Math.Sqrt(width) * Math.ScaleB(1, -52);
        Looseness = Math.ScaleB(1, -22) + Math.Sqrt(8 * (summation + orthonormality));
    }

    /// <summary>The length of the vectors it takes.</summary>
    public int Dimension { get; }

    /// <summary>Numbers in an image: a multiple of <see cref="ImageKernel.Step"/>.</summary>
    public int Width { get; }

    /// <summary>Numbers in a short image: even, and at most <see cref="Width"/>.</summary>
    public int ShortWidth { get; }

    /// <summary>A power of two that vectors are multiplied by first, so that squares stay within float32; 1 for ordinary data.</summary>
    public double Scale { get; }

    /// <summary>An image lies within this times the length of its (scaled, centered) vector of where exact arithmetic would put it.</summary>
    public double Looseness { get; }

    /// <summary>The center, scaled.</summary>
    public double* Center => _center.Data;

    /// <summary>The directions: <see cref="Dimension"/> x <see cref="Width"/>, row-major; the last column, and any without a direction, is zero.</summary>
    public double* Basis => _basis.Data;

    /// <summary>Fits to rows that are all finite, the largest magnitude among them given.</summary>
    public static PrefixEmbedding Fit(FeatureMatrix rows, int width, int shortWidth, float largestMagnitude, int threads, CancellationToken cancellationToken)
    {
        int dimension = rows.Columns;
        int count = Math.Min(rows.Rows, Math.Clamp(SampleValues / dimension, SmallestSample, LargestSample));
        int exponent = largestMagnitude == 0 ? 0 : Math.ILogB(largestMagnitude);
        double scale = Math.Abs(exponent) <= 24 ? 1 : Math.ScaleB(1, -exponent);
        using var sample = new AlignedBuffer<double>((long)count * dimension);
        var center = new AlignedBuffer<double>(dimension);
        for (int i = 0; i < count; i++)
        {
            float* row = rows.Data + (long)i * rows.Rows / count * dimension;
            Widen(row, scale, center.Data, sample.Data + (long)i * dimension, dimension);
        }

        for (int i = 0; i < count; i++)
        {
            double* row = sample.Data + (long)i * dimension;
            for (int column = 0; column < dimension; column++)
            {
                center.Data[column] += row[column];
            }
        }

        for (int column = 0; column < dimension; column++)
        {
            // A float32 value, so that kernels in float32 can subtract the very same center.
            center.Data[column] = (float)(center.Data[column] / count);
        }

        for (int i = 0; i < count; i++)
        {
            double* row = sample.Data + (long)i * dimension;
            for (int column = 0; column < dimension; column++)
            {
                row[column] -= center.Data[column];
            }
        }

        AlignedBuffer<double> basis = PrincipalSubspace.Fit(sample.Data, count, dimension, width, width - 1, threads, cancellationToken);
        return new PrefixEmbedding(dimension, width, shortWidth, scale, center, basis);
    }

    /// <summary>
    /// Maps consecutive rows.
    /// </summary>
    /// <param name="rows">count x <see cref="Dimension"/>, row-major.</param>
    /// <param name="count">The number of rows.</param>
    /// <param name="scratch">Working memory of the calling thread.</param>
    /// <param name="images">Receives count x <see cref="Width"/>.</param>
    /// <param name="shortRests">Receives the last number of each short image; its other numbers are the first of the long one.</param>
    /// <param name="lengths">Receives the length of each scaled and centered vector.</param>
    public void Map(float* rows, int count, Scratch scratch, float* images, float* shortRests, double* lengths)
    {
        for (int first = 0; first < count; first += Scratch.Rows)
        {
            MapFew(
                rows + (long)first * Dimension,
                Math.Min(Scratch.Rows, count - first),
                scratch,
                images + (long)first * Width,
                shortRests + first,
                lengths + first);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _center.Dispose();
        _basis.Dispose();
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void MapFew(float* rows, int count, Scratch scratch, float* images, float* shortRests, double* lengths)
    {
        double* widened = scratch.Widened;
        for (int i = 0; i < count; i++)
        {
            Widen(rows + (long)i * Dimension, Scale, _center.Data, widened + (long)i * Dimension, Dimension);
        }

        ProjectionKernel.Multiply(widened, count, Dimension, _basis.Data, Width, scratch.Scores);
        for (int i = 0; i < count; i++)
        {
            double* score = scratch.Scores + i * Width;
            float* image = images + (long)i * Width;
            double square = SumOfSquares(widened + (long)i * Dimension, Dimension);
            double shortSquare = SumOfSquares(score, ShortWidth - 1);
            double longSquare = shortSquare + SumOfSquares(score + (ShortWidth - 1), Width - ShortWidth);
            for (int column = 0; column < Width - 1; column++)
            {
                image[column] = (float)score[column];
            }

            image[Width - 1] = (float)Math.Sqrt(Math.Max(0, square - longSquare));
            shortRests[i] = (float)Math.Sqrt(Math.Max(0, square - shortSquare));
            lengths[i] = Math.Sqrt(square);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Widen(float* source, double scale, double* center, double* target, int length)
    {
        Vector256<double> factor = Vector256.Create(scale);
        int i = 0;
        for (; i <= length - 8; i += 8)
        {
            (Vector256<double> lower, Vector256<double> upper) = Vector256.Widen(Vector256.Load(source + i));
            (lower * factor - Vector256.Load(center + i)).Store(target + i);
            (upper * factor - Vector256.Load(center + i + 4)).Store(target + i + 4);
        }

        for (; i < length; i++)
        {
            target[i] = source[i] * scale - center[i];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static double SumOfSquares(double* values, int length)
    {
        Vector256<double> s0 = Vector256<double>.Zero;
        Vector256<double> s1 = Vector256<double>.Zero;
        int i = 0;
        for (; i <= length - 8; i += 8)
        {
            Vector256<double> v0 = Vector256.Load(values + i);
            Vector256<double> v1 = Vector256.Load(values + i + 4);
            s0 += v0 * v0;
            s1 += v1 * v1;
        }

        double sum = 0;
        for (; i < length; i++)
        {
            sum += values[i] * values[i];
        }

        Vector256<double> four = s0 + s1;
        Vector128<double> two = four.GetLower() + four.GetUpper();
        return sum + (two.GetElement(0) + two.GetElement(1));
    }

    /// <summary>Working memory of one thread.</summary>
    internal sealed class Scratch : IDisposable
    {
        /// <summary>Rows mapped at a time: few, so that they stay in the cache between the steps.</summary>
        public const int Rows = 12;

        private readonly AlignedBuffer<double> _memory;
        private readonly long _widenedLength;

        public Scratch(int dimension, int width)
        {
            _widenedLength = (long)Rows * dimension;
            _memory = new AlignedBuffer<double>(_widenedLength + (long)Rows * width);
        }

        public double* Widened => _memory.Data;

        public double* Scores => _memory.Data + _widenedLength;

        public void Dispose() => _memory.Dispose();
    }
}
