using SemiDefect.Anomaly.Gpu.Kernels;
using SemiDefect.Anomaly.Search.Neighbors;
using SemiDefect.Anomaly.Search.Numerics;

namespace SemiDefect.Anomaly.Gpu.Searching;

/// <summary>
/// The representation of vectors on a device: scaled by a power of two, centered, rounded to float32, and laid out for
/// the kernels. Keys of the device are lower bounds of squared distances in this space, less the query's own part;
/// docs/gpu.md has the proof. Thread-safe after construction.
/// </summary>
internal sealed unsafe class SearchSpace
{
    /// <summary>
    /// The maximum distance of a mapped vector from its exact value, relative to its norm: four roundings, of which one
    /// is used.
    /// </summary>
    public const double Looseness = 4.0 / (1 << 24);

    /// <summary>Queries with a larger norm are unsuitable for float32.</summary>
    public const double LongestQuery = 1e12;

    // Covers any underflow, even if a device flushes denormal numbers to zero.
    private const double Underflow = 1e-30;

    private const int SampleRows = 4096;

    private readonly double[] _center;

    private SearchSpace(double scale, double[] center)
    {
        Scale = scale;
        _center = center;
        Columns =
            (center.Length + SearchKernel.ChunkColumns - 1) / SearchKernel.ChunkColumns * SearchKernel.ChunkColumns;
    }

    /// <summary>The power of two by which vectors are multiplied, so that squares stay within float32.</summary>
    public double Scale { get; }

    /// <summary>
    /// The number of columns on the device, padded with zeros to a multiple of <see cref="SearchKernel.ChunkColumns"/>.
    /// </summary>
    public int Columns { get; }

    /// <summary>
    /// Derives the scale from the largest magnitude and the center from the mean of some rows: the nearer the vectors
    /// are to the center, the tighter the bounds.
    /// </summary>
    public static SearchSpace Of(FeatureMatrix bank, float largestMagnitude)
    {
        int exponent = largestMagnitude == 0 ? 0 : Math.ILogB(largestMagnitude);
        double scale = Math.Abs(exponent) <= 24 ? 1 : Math.ScaleB(1, -exponent);
        double[] center = new double[bank.Columns];
        int count = Math.Min(bank.Rows, SampleRows);
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<float> row = bank.Row((int)((long)i * bank.Rows / count));
            for (int column = 0; column < row.Length; column++)
            {
                center[column] += row[column] * scale;
            }
        }

        for (int column = 0; column < center.Length; column++)
        {
            center[column] = (float)(center[column] / count);
        }

        return new SearchSpace(scale, center);
    }

    /// <summary>Packs consecutive vectors column by column.</summary>
    /// <param name="vectors">count x dimension.</param>
    /// <param name="count">At most <paramref name="width"/>.</param>
    /// <param name="width">The number of vectors in a panel or tile; missing vectors are zero.</param>
    /// <param name="factor">The factor for the mapped vectors: a power of two or its negative.</param>
    /// <param name="target">Receives <see cref="Columns"/> x width values.</param>
    /// <param name="squares">Receives the squared norm of each mapped vector.</param>
    public void Pack(float* vectors, int count, int width, float factor, float* target, double* squares)
    {
        new Span<float>(target, Columns * width).Clear();
        new Span<double>(squares, count).Clear();
        for (int i = 0; i < count; i++)
        {
            float* vector = vectors + (long)i * _center.Length;
            for (int column = 0; column < _center.Length; column++)
            {
                float value = (float)(vector[column] * Scale - _center[column]);
                target[(long)column * width + i] = value * factor;
                squares[i] += (double)value * value;
            }
        }
    }

    /// <summary>A mapped vector's part of every key or limit.</summary>
    public double Lowered(double square) => PrefixIndex.Lower(square, Columns, Looseness);

    /// <summary>
    /// The smallest key of rows that cannot be nearer to a query than <paramref name="squaredDistance"/>, which is
    /// measured in the original space.
    /// </summary>
    /// <param name="squaredDistance">The squared distance.</param>
    /// <param name="square">The squared norm of the mapped query.</param>
    public float Limit(double squaredDistance, double square)
    {
        double reach = Scale * Math.Sqrt(squaredDistance) + Looseness * Math.Sqrt(square) * (1 + 1e-6);
        return float.BitIncrement((float)(reach * reach * (1 + PrefixIndex.Split) + Underflow - Lowered(square)));
    }

    /// <summary>Whether the device may have computed this key, given rounding errors.</summary>
    /// <param name="key">The key.</param>
    /// <param name="squaredDistance">The squared distance in the original space.</param>
    /// <param name="square">The squared norm of the mapped query.</param>
    /// <param name="rowSquare">The squared norm of the mapped row.</param>
    public bool IsPlausible(float key, double squaredDistance, double square, double rowSquare)
    {
        double expected = Scale * Scale * squaredDistance - square;
        double tolerance =
            4 * ((1 - PrefixIndex.Lower(1, Columns, Looseness)) + 8 * Looseness) * (square + rowSquare) + Underflow;
        return Math.Abs(key - expected) <= tolerance;
    }
}
