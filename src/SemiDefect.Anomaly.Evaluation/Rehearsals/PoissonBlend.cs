namespace SemiDefect.Anomaly.Evaluation.Rehearsals;

/// <summary>
/// Solves the discrete Poisson equation inside a region, for a given Laplacian and fixed values around the region
/// (Perez et al. 2003). Uses successive over-relaxation in raster order, in float64: the same on every machine.
/// Stateless.
/// </summary>
internal static class PoissonBlend
{
    private const int MaxSweeps = 400;

    // In gray levels; the remaining error is far below one level.
    private const double Tolerance = 0.02;

    /// <summary>Replaces <paramref name="values"/> inside the region by the solution.</summary>
    /// <param name="values">width x height values; the border of the rectangle must be outside the region.</param>
    /// <param name="laplacian">
    /// For each pixel inside, the target for the sum of its four neighbors minus four times itself.
    /// </param>
    /// <param name="inside">Whether each pixel is inside the region.</param>
    /// <param name="width">Pixels per row.</param>
    public static void Solve(double[] values, double[] laplacian, bool[] inside, int width)
    {
        // The optimal factor for a square of this width (Young 1954).
        double relaxation = 2 / (1 + Math.PI / Math.Max(4, Math.Max(width, values.Length / width)));
        for (int sweep = 0; sweep < MaxSweeps; sweep++)
        {
            double largest = 0;
            for (int i = width; i < values.Length - width; i++)
            {
                if (inside[i])
                {
                    double change =
                        0.25 * (values[i - 1] + values[i + 1] + values[i - width] + values[i + width] - laplacian[i])
                            - values[i];
                    values[i] += relaxation * change;
                    largest = Math.Max(largest, Math.Abs(change));
                }
            }

            if (largest < Tolerance)
            {
                return;
            }
        }
    }
}
