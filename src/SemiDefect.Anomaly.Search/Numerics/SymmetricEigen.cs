using System.Runtime.CompilerServices;

namespace SemiDefect.Anomaly.Search.Numerics;

/// <summary>
/// Eigenvectors of a small symmetric matrix by cyclic Jacobi rotations (Golub and Van Loan, Matrix Computations, 8.5)
/// in plain float64 arithmetic: the bits are the same on every machine. Stateless.
/// </summary>
internal static class SymmetricEigen
{
    private const int MostSweeps = 30;

    /// <summary>Diagonalizes <paramref name="matrix"/> (size x size, row-major) in place.</summary>
    /// <returns>The eigenvectors as the columns of a row-major matrix, largest eigenvalue first.</returns>
    public static double[] Decompose(double[] matrix, int size)
    {
        double[] vectors = new double[size * size];
        for (int i = 0; i < size; i++)
        {
            vectors[i * size + i] = 1;
        }

        for (int sweep = 0; sweep < MostSweeps && OffDiagonalShare(matrix, size) > 1e-20; sweep++)
        {
            for (int p = 0; p < size - 1; p++)
            {
                for (int q = p + 1; q < size; q++)
                {
                    Rotate(matrix, vectors, size, p, q);
                }
            }
        }

        return SortByEigenvalue(matrix, vectors, size);
    }

    private static double OffDiagonalShare(double[] matrix, int size)
    {
        double off = 0;
        double all = 0;
        for (int i = 0; i < size; i++)
        {
            for (int j = 0; j < size; j++)
            {
                double square = matrix[i * size + j] * matrix[i * size + j];
                all += square;
                off += i == j ? 0 : square;
            }
        }

        return all == 0 ? 0 : off / all;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Rotate(double[] a, double[] v, int size, int p, int q)
    {
        double apq = a[p * size + q];
        if (apq == 0)
        {
            return;
        }

        double theta = (a[q * size + q] - a[p * size + p]) / (2 * apq);
        double t = (theta >= 0 ? 1 : -1) / (Math.Abs(theta) + Math.Sqrt(theta * theta + 1));
        double c = 1 / Math.Sqrt(t * t + 1);
        double s = t * c;
        Span<double> rowP = a.AsSpan(p * size, size);
        Span<double> rowQ = a.AsSpan(q * size, size);
        for (int i = 0; i < size; i++)
        {
            (rowP[i], rowQ[i]) = (c * rowP[i] - s * rowQ[i], s * rowP[i] + c * rowQ[i]);
        }

        for (int i = 0; i < size; i++)
        {
            ref double ip = ref a[i * size + p];
            ref double iq = ref a[i * size + q];
            (ip, iq) = (c * ip - s * iq, s * ip + c * iq);
            ref double vp = ref v[i * size + p];
            ref double vq = ref v[i * size + q];
            (vp, vq) = (c * vp - s * vq, s * vp + c * vq);
        }
    }

    private static double[] SortByEigenvalue(double[] matrix, double[] vectors, int size)
    {
        int[] order = [.. Enumerable.Range(0, size).OrderByDescending(i => matrix[i * size + i]).ThenBy(i => i)];
        double[] sorted = new double[size * size];
        for (int i = 0; i < size; i++)
        {
            for (int j = 0; j < size; j++)
            {
                sorted[i * size + j] = vectors[i * size + order[j]];
            }
        }

        return sorted;
    }
}
