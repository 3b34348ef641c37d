using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace SemiDefect.Anomaly.Search.Numerics;

/// <summary>
/// Eigenvectors of a symmetric matrix of up to a few thousand rows: Householder reduction to a tridiagonal matrix, then
/// implicit QR steps with Wilkinson's shift (Golub and Van Loan, Matrix Computations, 8.3), in plain float64 arithmetic
/// of fixed order: the bits are the same on every machine. Faster than <see cref="SymmetricEigen"/> beyond about a
/// hundred rows. Stateless.
/// </summary>
internal static class TridiagonalEigen
{
    private const double Precision = 2.220446049250313e-16;
    private const int MostStepsPerValue = 60;

    /// <summary>Diagonalizes <paramref name="matrix"/> (size x size, row by row), which is overwritten.</summary>
    /// <returns>The eigenvalues, largest first, and the eigenvectors as rows, in the same order.</returns>
    public static (double[] Values, double[] Vectors) Decompose(double[] matrix, int size)
    {
        double scale = 0;
        foreach (double value in matrix)
        {
            scale = Math.Max(scale, Math.Abs(value));
        }

        double[] vectors = new double[size * size];
        double[] diagonal = new double[size];
        double[] beside = new double[size];
        if (scale > 0)
        {
            TensorPrimitives.Divide(matrix, scale, matrix);
        }

        Reduce(matrix, size, diagonal, beside, vectors);
        Iterate(diagonal, beside, vectors, size);
        int[] order = [.. Enumerable.Range(0, size).OrderByDescending(i => diagonal[i]).ThenBy(i => i)];
        double[] sorted = new double[size * size];
        for (int i = 0; i < size; i++)
        {
            vectors.AsSpan(order[i] * size, size).CopyTo(sorted.AsSpan(i * size));
        }

        return ([.. order.Select(i => diagonal[i] * scale)], sorted);
    }

    // Reflections I - b v v^T from both sides; afterwards the rows of Q^T, the product of all, stand in vectors.
    private static void Reduce(double[] a, int size, double[] diagonal, double[] beside, double[] vectors)
    {
        double[] factors = new double[size];
        double[][] reflections = new double[size][];
        for (int k = 0; k < size - 2; k++)
        {
            int rest = size - k - 1;
            double[] v = a.AsSpan(k * size + k + 1, rest).ToArray();
            double length = Math.Sqrt(DotProduct.Of(v, v));
            beside[k] = v[0] >= 0 ? -length : length;
            if (length > 0)
            {
                v[0] -= beside[k];
                factors[k] = 2 / DotProduct.Of(v, v);
                Reflect(a, size, k + 1, v, factors[k]);
            }

            reflections[k] = v;
        }

        for (int i = 0; i < size; i++)
        {
            diagonal[i] = a[i * size + i];
            vectors[i * size + i] = 1;
        }

        if (size > 1)
        {
            beside[size - 2] = a[(size - 2) * size + size - 1];
        }

        for (int k = size - 3; k >= 0; k--)
        {
            for (int row = k + 1; row < size && factors[k] > 0; row++)
            {
                Span<double> values = vectors.AsSpan(row * size + k + 1, size - k - 1);
                double share = factors[k] * DotProduct.Of(values, reflections[k]);
                TensorPrimitives.MultiplyAdd(reflections[k], -share, values, values);
            }
        }
    }

    private static void Reflect(double[] a, int size, int first, double[] v, double factor)
    {
        int rest = v.Length;
        double[] w = new double[rest];
        for (int i = 0; i < rest; i++)
        {
            w[i] = factor * DotProduct.Of(a.AsSpan((first + i) * size + first, rest), v);
        }

        TensorPrimitives.MultiplyAdd(v, -factor / 2 * DotProduct.Of(w, v), w, w);
        for (int i = 0; i < rest; i++)
        {
            Span<double> row = a.AsSpan((first + i) * size + first, rest);
            TensorPrimitives.MultiplyAdd(w, -v[i], row, row);
            TensorPrimitives.MultiplyAdd(v, -w[i], row, row);
        }
    }

    private static void Iterate(double[] diagonal, double[] beside, double[] vectors, int size)
    {
        int last = size - 1;
        for (int step = 0; last > 0; step++)
        {
            for (int i = 0; i < last; i++)
            {
                if (Math.Abs(beside[i]) <= Precision * (Math.Abs(diagonal[i]) + Math.Abs(diagonal[i + 1])))
                {
                    beside[i] = 0;
                }
            }

            while (last > 0 && beside[last - 1] == 0)
            {
                last--;
            }

            int first = last;
            while (first > 0 && beside[first - 1] != 0)
            {
                first--;
            }

            if (last == 0)
            {
                return;
            }

            if (step > MostStepsPerValue * size)
            {
                throw new SemiDefectException("The covariance of the features has no usable eigenvectors.");
            }

            Step(diagonal, beside, vectors, size, first, last);
        }
    }

    private static void Step(double[] d, double[] e, double[] vectors, int size, int first, int last)
    {
        double half = (d[last - 1] - d[last]) / 2;
        double edge = e[last - 1];
        double root = Math.Sqrt(half * half + edge * edge);
        double x = d[first] - (d[last] - edge * edge / (half + (half >= 0 ? root : -root)));
        double z = e[first];
        for (int k = first; k < last; k++)
        {
            double length = Math.Sqrt(x * x + z * z);
            if (length == 0)
            {
                break;
            }

            double c = x / length;
            double s = z / length;
            if (k > first)
            {
                e[k - 1] = length;
            }

            (double one, double two, double both) = (d[k], d[k + 1], e[k]);
            d[k] = c * c * one + 2 * c * s * both + s * s * two;
            d[k + 1] = s * s * one - 2 * c * s * both + c * c * two;
            e[k] = c * s * (two - one) + (c * c - s * s) * both;
            if (k < last - 1)
            {
                x = e[k];
                z = s * e[k + 1];
                e[k + 1] *= c;
            }

            Rotate(vectors.AsSpan(k * size, size), vectors.AsSpan((k + 1) * size, size), c, s);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Rotate(Span<double> one, Span<double> two, double c, double s)
    {
        Span<Vector<double>> ones = MemoryMarshal.Cast<double, Vector<double>>(one);
        Span<Vector<double>> twos = MemoryMarshal.Cast<double, Vector<double>>(two);
        for (int i = 0; i < ones.Length; i++)
        {
            Vector<double> a = ones[i];
            Vector<double> b = twos[i];
            ones[i] = a * c + b * s;
            twos[i] = b * c - a * s;
        }

        for (int i = ones.Length * Vector<double>.Count; i < one.Length; i++)
        {
            (one[i], two[i]) = (one[i] * c + two[i] * s, two[i] * c - one[i] * s);
        }
    }
}
