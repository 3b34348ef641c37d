using System.Numerics.Tensors;
using SemiDefect.Anomaly.Search.Numerics;

namespace SemiDefect.Anomaly.Search.Projections;

/// <summary>
/// Sums of vectors and of their products, in float64 and in the order in which rows are added. Not thread-safe. Memory:
/// 8 bytes x dimension x dimension.
/// </summary>
public sealed class Moments
{
    private readonly double[] _sums;
    private readonly double[] _products;

    /// <summary>Creates sums of nothing.</summary>
    /// <param name="dimension">Values per vector, 1 to 16,384.</param>
    public Moments(int dimension)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dimension, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(dimension, 1 << 14);
        Dimension = dimension;
        _sums = new double[dimension];
        _products = new double[dimension * dimension];
    }

    /// <summary>Values per vector.</summary>
    public int Dimension { get; }

    /// <summary>The number of vectors.</summary>
    public long Count { get; private set; }

    /// <summary>Adds a vector.</summary>
    /// <exception cref="ArgumentException">It has another length.</exception>
    public void Add(ReadOnlySpan<float> vector)
    {
        if (vector.Length != Dimension)
        {
            throw new ArgumentException(
                $"Expected {Dimension} values, got {vector.Length}.", nameof(vector));
        }

        Span<double> values = Dimension <= 1024 ? stackalloc double[Dimension] : new double[Dimension];
        TensorPrimitives.ConvertTruncating(vector, values);
        TensorPrimitives.Add(_sums, values, _sums);

        // The products are symmetric; the lower triangle follows from the upper one.
        for (int i = 0; i < Dimension; i++)
        {
            Span<double> row = _products.AsSpan(i * Dimension + i, Dimension - i);
            TensorPrimitives.MultiplyAdd(values[i..], values[i], row, row);
        }

        Count++;
    }

    /// <summary>Adds the sums of other vectors.</summary>
    /// <exception cref="ArgumentException">They have another length.</exception>
    public void Add(Moments other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (other.Dimension != Dimension)
        {
            throw new ArgumentException($"Expected {Dimension} values, got {other.Dimension}.", nameof(other));
        }

        TensorPrimitives.Add(_sums, other._sums, _sums);
        TensorPrimitives.Add(_products, other._products, _products);
        Count += other.Count;
    }

    /// <summary>The mean vector.</summary>
    internal double[] Mean()
    {
        double[] mean = new double[Dimension];
        TensorPrimitives.Divide(_sums, Count, mean);
        return mean;
    }

    /// <summary>The moments of the vectors M x, up to rounding.</summary>
    /// <param name="matrix">outputs x dimension values, row by row.</param>
    /// <param name="outputs">The length of the vectors M x.</param>
    internal Moments Project(ReadOnlySpan<double> matrix, int outputs)
    {
        var projected = new Moments(outputs) { Count = Count };
        double[] full = new double[_products.Length];
        for (int i = 0; i < Dimension; i++)
        {
            for (int j = i; j < Dimension; j++)
            {
                full[i * Dimension + j] = full[j * Dimension + i] = _products[i * Dimension + j];
            }
        }

        double[] row = new double[Dimension];
        for (int output = 0; output < outputs; output++)
        {
            ReadOnlySpan<double> weights = matrix.Slice(output * Dimension, Dimension);
            projected._sums[output] = DotProduct.Of(weights, _sums);
            for (int i = 0; i < Dimension; i++)
            {
                row[i] = DotProduct.Of(weights, full.AsSpan(i * Dimension, Dimension));
            }

            for (int other = output; other < outputs; other++)
            {
                projected._products[output * outputs + other] =
                    DotProduct.Of(row, matrix.Slice(other * Dimension, Dimension));
            }
        }

        return projected;
    }

    /// <summary>The mean of (x - center)(x - center)^T, dimension x dimension.</summary>
    internal double[] SecondMoment(ReadOnlySpan<double> center)
    {
        double[] result = new double[Dimension * Dimension];
        for (int i = 0; i < Dimension; i++)
        {
            for (int j = i; j < Dimension; j++)
            {
                double value = (_products[i * Dimension + j] - _sums[i] * center[j] - center[i] * _sums[j]) / Count
                    + center[i] * center[j];
                result[i * Dimension + j] = value;
                result[j * Dimension + i] = value;
            }
        }

        return result;
    }
}
