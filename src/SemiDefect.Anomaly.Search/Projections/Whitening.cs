using System.Numerics.Tensors;
using SemiDefect.Anomaly.Search.Numerics;

namespace SemiDefect.Anomaly.Search.Projections;

/// <summary>
/// A linear map after which normal vectors vary about equally in all directions, so that a small deviation in a
/// direction in which they hardly vary counts as much as a large one where they vary a lot. The Euclidean distance
/// after the map is the Mahalanobis distance under the covariance C, shrunk towards a multiple of the unit matrix:
/// d^2 = (x - y)^T (C / v + s I)^-1 (x - y), with the mean variance v = trace(C) / dimension and the shrinkage s.
/// Stateless and thread-safe.
/// </summary>
public static class Whitening
{
    // By how much the mean squared length of the vectors of held-out groups may exceed that of the others. With too
    // few vectors, the covariance describes these vectors better than new ones, which then look more unusual than
    // they are.
    private const double LargestInflation = 1.1;

    private static readonly double[] Shrinkages = [0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30];

    /// <summary>
    /// Fits a map with the smallest shrinkage, of 0.01 to 30, with which vectors of held-out groups are hardly longer
    /// than those that the covariance is computed from: at most 10 % in the mean square.
    /// </summary>
    /// <param name="groups">The moments of the vectors of each group, such as the images of a fold.</param>
    /// <param name="cancellationToken">Stops between groups.</param>
    /// <returns>
    /// The lower triangular matrix (dimension x dimension, row by row) and the shrinkage; null if there is no such map,
    /// because there are too few groups or vectors, or the vectors do not vary.
    /// </returns>
    /// <exception cref="OperationCanceledException">The operation was canceled.</exception>
    public static (float[] Matrix, double Shrinkage)? Fit(
        IReadOnlyList<Moments> groups, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(groups);
        Moments[] filled = [.. groups.Where(group => group.Count > 0)];
        if (filled.Length < 2)
        {
            return null;
        }

        Sample[] samples =
        [
            .. filled.Select((group, i) => Sample.Of(Sum(filled.Where((_, j) => j != i)), group)),
        ];
        Sample all = Sample.Of(Sum(filled), null);
        if (samples.Append(all).Any(sample => !(sample.Variance > 0) || !double.IsFinite(sample.Variance)))
        {
            return null;
        }

        foreach (double shrinkage in Shrinkages)
        {
            cancellationToken.ThrowIfCancellationRequested();
            double[] inflations = new double[samples.Length];
            Parallel.For(0, samples.Length, i => inflations[i] = samples[i].Inflation(shrinkage));
            if (inflations.Sum() / inflations.Length <= LargestInflation)
            {
                return ([.. all.Inverse(shrinkage).Select(value => (float)value)], shrinkage);
            }
        }

        return null;
    }

    private static Moments Sum(IEnumerable<Moments> parts)
    {
        Moments? sum = null;
        foreach (Moments part in parts)
        {
            sum ??= new Moments(part.Dimension);
            sum.Add(part);
        }

        return sum!;
    }

    // Covariances divided by the mean variance.
    private sealed record Sample(int Size, double Variance, double[] Covariance, double[] HeldOut)
    {
        public static Sample Of(Moments vectors, Moments? heldOut)
        {
            int size = vectors.Dimension;
            double[] mean = vectors.Mean();
            double[] covariance = vectors.SecondMoment(mean);
            double variance = 0;
            for (int i = 0; i < size; i++)
            {
                variance += covariance[i * size + i] / size;
            }

            double[] moment = heldOut?.SecondMoment(mean) ?? [];
            TensorPrimitives.Divide(covariance, variance, covariance);
            TensorPrimitives.Divide(moment, variance, moment);
            return new Sample(size, variance, covariance, moment);
        }

        // The ratio of the mean squared lengths after the map, tr(P H) / tr(P C) with P = (C + s I)^-1.
        public double Inflation(double shrinkage)
        {
            double[] root = Inverse(shrinkage);
            double known = 0;
            double heldOut = 0;
            double[] row = new double[Size];
            for (int i = 0; i < Size; i++)
            {
                row.AsSpan().Clear();
                for (int k = i; k < Size; k++)
                {
                    TensorPrimitives.MultiplyAdd(root.AsSpan(k * Size, Size), root[k * Size + i], row, row);
                }

                known += DotProduct.Of(row, Covariance.AsSpan(i * Size, Size));
                heldOut += DotProduct.Of(row, HeldOut.AsSpan(i * Size, Size));
            }

            return heldOut / known;
        }

        // The inverse of the Cholesky factor of C + s I (Golub and Van Loan, Matrix Computations, 4.2 and 3.1).
        public double[] Inverse(double shrinkage)
        {
            double[] factor = (double[])Covariance.Clone();
            for (int i = 0; i < Size; i++)
            {
                factor[i * Size + i] += shrinkage;
                Span<double> row = factor.AsSpan(i * Size, Size);
                for (int j = 0; j < i; j++)
                {
                    Span<double> other = factor.AsSpan(j * Size, Size);
                    row[j] = (row[j] - DotProduct.Of(row[..j], other[..j])) / other[j];
                }

                row[i] = Math.Sqrt(row[i] - DotProduct.Of(row[..i], row[..i]));
                row[(i + 1)..].Clear();
            }

            double[] inverse = new double[Size * Size];
            for (int i = 0; i < Size; i++)
            {
                Span<double> row = inverse.AsSpan(i * Size, i + 1);
                for (int k = 0; k < i; k++)
                {
                    Span<double> known = row[..(k + 1)];
                    TensorPrimitives.MultiplyAdd(
                        inverse.AsSpan(k * Size, k + 1), -factor[i * Size + k], known, known);
                }

                row[i] = 1;
                TensorPrimitives.Divide(row, factor[i * Size + i], row);
            }

            return inverse;
        }
    }
}
