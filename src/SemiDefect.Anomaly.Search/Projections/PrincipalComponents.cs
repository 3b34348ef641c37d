using System.Numerics.Tensors;
using SemiDefect.Anomaly.Search.Numerics;

namespace SemiDefect.Anomaly.Search.Projections;

/// <summary>
/// Linear maps to the directions in which vectors vary most (Pearson 1901), with and without equal variances. Stateless
/// and thread-safe. Memory: 40 bytes x dimension x dimension; with whitening, besides 200 bytes x outputs x outputs.
/// </summary>
public static class PrincipalComponents
{
    /// <summary>The orthonormal map to the directions of the largest variance.</summary>
    /// <param name="moments">The moments of the vectors.</param>
    /// <param name="outputs">The number of directions, 1 to the dimension.</param>
    /// <returns>
    /// The matrix (outputs x dimension, row by row) and the share of the variance that lies in these directions, 0 to
    /// 1; null if the vectors do not vary.
    /// </returns>
    public static (float[] Matrix, double Share)? Fit(Moments moments, int outputs)
    {
        Require(moments, outputs);
        return Axes(moments, outputs) is (double[] axes, double share)
            ? ([.. axes.Select(value => (float)value)], share)
            : null;
    }

    /// <summary>
    /// The same directions, divided by the standard deviation along them, shrunk as <see cref="Whitening.Fit"/> does
    /// for whole vectors.
    /// </summary>
    /// <param name="groups">The moments of the vectors of each group, such as the images of a fold.</param>
    /// <param name="outputs">The number of directions, 1 to the dimension.</param>
    /// <param name="cancellationToken">Stops between steps.</param>
    /// <returns>
    /// The matrix (outputs x dimension, row by row) and the shrinkage; null if there are too few groups or vectors, or
    /// the vectors do not vary.
    /// </returns>
    /// <exception cref="OperationCanceledException">The operation was canceled.</exception>
    public static (float[] Matrix, double Shrinkage)? FitWhitened(
        IReadOnlyList<Moments> groups, int outputs, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(groups);
        Moments? all = null;
        foreach (Moments group in groups)
        {
            all ??= new Moments(group.Dimension);
            all.Add(group);
        }

        if (all is null)
        {
            return null;
        }

        Require(all, outputs);
        if (Axes(all, outputs) is not (double[] axes, _))
        {
            return null;
        }

        cancellationToken.ThrowIfCancellationRequested();
        Moments[] projected = [.. groups.Select(group => group.Project(axes, outputs))];
        if (Whitening.Fit(projected, cancellationToken) is not (float[] whitening, double shrinkage))
        {
            return null;
        }

        float[] matrix = new float[outputs * all.Dimension];
        double[] row = new double[all.Dimension];
        for (int output = 0; output < outputs; output++)
        {
            row.AsSpan().Clear();
            for (int i = 0; i <= output; i++)
            {
                TensorPrimitives.MultiplyAdd(
                    axes.AsSpan(i * all.Dimension, all.Dimension), whitening[output * outputs + i], row, row);
            }

            for (int i = 0; i < row.Length; i++)
            {
                matrix[output * all.Dimension + i] = (float)row[i];
            }
        }

        return (matrix, shrinkage);
    }

    /// <summary>The directions in float64, and their share of the variance; null without any variance.</summary>
    internal static (double[] Axes, double Share)? Axes(Moments moments, int outputs)
    {
        double[] covariance = moments.SecondMoment(moments.Mean());
        double total = 0;
        for (int i = 0; i < moments.Dimension; i++)
        {
            total += covariance[i * moments.Dimension + i];
        }

        if (moments.Count < 2 || !(total > 0) || !double.IsFinite(total))
        {
            return null;
        }

        (double[] variances, double[] axes) = TridiagonalEigen.Decompose(covariance, moments.Dimension);
        double kept = 0;
        foreach (double variance in variances.Take(outputs))
        {
            kept += Math.Max(0, variance);
        }

        return (axes[..(outputs * moments.Dimension)], Math.Min(1, kept / total));
    }

    private static void Require(Moments moments, int outputs)
    {
        ArgumentNullException.ThrowIfNull(moments);
        ArgumentOutOfRangeException.ThrowIfLessThan(outputs, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(outputs, moments.Dimension);
    }
}
