namespace SemiDefect.Anomaly.Evaluation.Rehearsals;

/// <summary>
/// How much of each pixel of a window a defect covers, 0 to 1, with 1 reached somewhere. Immutable by convention, and
/// so thread-safe.
/// </summary>
/// <param name="Left">The first column on the picture; can be negative.</param>
/// <param name="Top">The first row on the picture; can be negative.</param>
/// <param name="Side">Columns and rows.</param>
/// <param name="Values">Side x side shares.</param>
internal sealed record SoftMask(int Left, int Top, int Side, double[] Values)
{
    // Below this share nothing would be seen.
    private const double Least = 0.02;
    private const int Samples = 4;

    /// <summary>Makes a shape as soft as an edge of the picture.</summary>
    /// <param name="place">The top left corner of the square that the shape lies in.</param>
    /// <param name="size">The side of that square.</param>
    /// <param name="softness">The width (sigma) of the blur, in pixels, above 0.</param>
    /// <param name="isInside">Whether a point, measured from the center of the square, lies inside.</param>
    public static SoftMask Of((int Left, int Top) place, int size, double softness, Func<double, double, bool> isInside)
    {
        int margin = PlanarBlur.Radius(softness);
        int side = size + 2 * margin;
        double[] covered = new double[side * side];
        for (int i = 0; i < covered.Length; i++)
        {
            int hits = 0;
            for (int sample = 0; sample < Samples * Samples; sample++)
            {
                double x = i % side + (sample % Samples + 0.5) / Samples;
                double y = i / side + (sample / Samples + 0.5) / Samples;
                hits += isInside(x - 0.5 * side, y - 0.5 * side) ? 1 : 0;
            }

            covered[i] = hits / (double)(Samples * Samples);
        }

        double[] blurred = PlanarBlur.Apply(covered, side, side, softness);
        double highest = blurred.Max();
        return new SoftMask(
            place.Left - margin,
            place.Top - margin,
            side,
            [.. blurred.Select(value => value < Least * highest ? 0 : value / highest)]);
    }
}
