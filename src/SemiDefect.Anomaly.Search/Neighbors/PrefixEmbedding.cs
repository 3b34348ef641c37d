using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using SemiDefect.Anomaly.Search.Kernels;
using SemiDefect.Anomaly.Search.Numerics;

namespace SemiDefect.Anomaly.Search.Neighbors;

/// <summary>
/// Embeds vectors in <see cref="Width"/> dimensions such that no two vectors move apart: a code consists of the leading
/// principal coordinates and, as its last value, the norm of the residual. Distances between codes are therefore lower
/// bounds of distances between vectors; docs/exact-search.md has the proof, and shows that <see cref="Looseness"/>
/// covers all rounding. A short code of <see cref="ShortWidth"/> values of the same kind is produced as well.
/// Thread-safe after construction. Memory: 8 bytes per column and value; while fitting, 32 MiB for a sample (or twice
/// 128 rows in float64 if that is more).
/// </summary>
internal sealed unsafe class PrefixEmbedding : IDisposable
{
    private const int LargestSample = 2048;
    private const int SmallestSample = 128;
    private const int SampleValues = 1 << 21;

    private readonly AlignedBuffer<double> _center;
    private readonly AlignedBuffer<double> _basis;

    private PrefixEmbedding(
        int dimension,
        int width,
        int shortWidth,
        double scale,
        AlignedBuffer<double> center,
        AlignedBuffer<double> basis)
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

    /// <summary>The number of columns of a vector.</summary>
    public int Dimension { get; }

    /// <summary>The length of a code: a multiple of <see cref="CodeKernel.Step"/>.</summary>
    public int Width { get; }

    /// <summary>The length of a short code: even, and at most <see cref="Width"/>.</summary>
    public int ShortWidth { get; }

    /// <summary>
    /// A power of two by which vectors are multiplied first, so that squares stay within float32; 1 for ordinary data.
    /// </summary>
    public double Scale { get; }

    /// <summary>
    /// The maximum distance of a code from its exact value, relative to the norm of its scaled and centered vector.
    /// </summary>
    public double Looseness { get; }

    /// <summary>The center, scaled.</summary>
    public double* Center => _center.Data;

    /// <summary>
    /// The directions: <see cref="Dimension"/> x <see cref="Width"/>, row-major. The last column is zero, as is any
    /// column without a direction.
    /// </summary>
    public double* Basis => _basis.Data;

    /// <summary>Fits to finite rows, given their largest magnitude.</summary>
    public static PrefixEmbedding Fit(
        FeatureMatrix rows,
        int width,
        int shortWidth,
        float largestMagnitude,
        int threads,
        CancellationToken cancellationToken)
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
            // A float32 value, so that float32 kernels can subtract exactly the same center.
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

        AlignedBuffer<double> basis =
            PrincipalSubspace.Fit(sample.Data, count, dimension, width, width - 1, threads, cancellationToken);
        return new PrefixEmbedding(dimension, width, shortWidth, scale, center, basis);
    }

    /// <summary>Embeds consecutive rows.</summary>
    /// <param name="rows">count x <see cref="Dimension"/>, row-major.</param>
    /// <param name="count">The number of rows.</param>
    /// <param name="scratch">Working memory of the calling thread.</param>
    /// <param name="codes">Receives count x <see cref="Width"/>.</param>
    /// <param name="shortRests">Receives the last value of each short code; its other values are the first ones of the
    /// long code.</param>
    /// <param name="lengths">Receives the norm of each scaled and centered vector.</param>
    public void Map(float* rows, int count, Scratch scratch, float* codes, float* shortRests, double* lengths)
    {
        for (int first = 0; first < count; first += Scratch.Rows)
        {
            MapFew(
                rows + (long)first * Dimension,
                Math.Min(Scratch.Rows, count - first),
                scratch,
                codes + (long)first * Width,
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
    private void MapFew(float* rows, int count, Scratch scratch, float* codes, float* shortRests, double* lengths)
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
            float* code = codes + (long)i * Width;
            double square = SumOfSquares(widened + (long)i * Dimension, Dimension);
            double shortSquare = SumOfSquares(score, ShortWidth - 1);
            double longSquare = shortSquare + SumOfSquares(score + (ShortWidth - 1), Width - ShortWidth);
            for (int column = 0; column < Width - 1; column++)
            {
                code[column] = (float)score[column];
            }

            code[Width - 1] = (float)Math.Sqrt(Math.Max(0, square - longSquare));
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
        /// <summary>Number of rows embedded at a time, few enough to stay in the cache between the steps.</summary>
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
