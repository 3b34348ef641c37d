namespace SemiDefect.Anomaly.Evaluation.Rehearsals;

/// <summary>
/// Solves the discrete Poisson equation inside a region: the Laplacian is given, the values around the region stay as
/// they are (Perez et al. 2003). Successive over-relaxation in raster order, in float64: the same on every machine.
/// Thread-safe: nothing is kept.
/// </summary>
internal static class PoissonBlend
{
    private const int MostSweeps = 400;

    // Grey levels; what is left of the error is far below one.
    private const double Tolerance = 0.02;

    /// <summary>Changes <paramref name="values"/> where <paramref name="inside"/>.</summary>
    /// <param name="values">width x height values; the border of the rectangle must be outside.</param>
    /// <param name="laplacian">For each pixel inside: the sum of its four neighbors less four times itself, as it shall be.</param>
    /// <param name="inside">The region.</param>
    /// <param name="width">Pixels per row.</param>
    public static void Solve(double[] values, double[] laplacian, bool[] inside, int width)
    {
        // The best factor for a square of that width (Young 1954).
        double relaxation = 2 / (1 + Math.PI / Math.Max(4, Math.Max(width, values.Length / width)));
        for (int sweep = 0; sweep < MostSweeps; sweep++)
        {
            double largest = 0;
            for (int i = width; i < values.Length - width; i++)
            {
                if (inside[i])
                {
                    double change = 0.25 * (values[i - 1] + values[i + 1] + values[i - width] + values[i + width] - laplacian[i]) - values[i];
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
