using System.Runtime.CompilerServices;

namespace SemiDefect.Anomaly.Search.Neighbors;

/// <summary>
/// Rounds images to vectors of 16-bit integers, hardly longer than <see cref="Radius"/>: the inner product of two of them, and any part of it,
/// fits 32 bits (Cauchy-Schwarz). What is longer is drawn in to that length first, which brings no two vectors farther apart, since a
/// ball is convex. Thread-safe: immutable.
/// </summary>
internal readonly unsafe struct ImageRounding
{
    /// <summary>The greatest length, in steps; rounding adds half the square root of the columns at most, for which there is room.</summary>
    public const int Radius = 32_000;

    // Queries may be somewhat longer than the bank's rows; and a few rows that are far longer than the others must not coarsen them all.
    private const double Room = 1.5;
    private const double LongestByUsual = 4;
    private const double LeastLength = 1e-10;

    private ImageRounding(double step) => Step = step;

    /// <summary>The length of a step.</summary>
    public double Step { get; }

    /// <summary>Chooses the step for a bank.</summary>
    /// <param name="lengths">The lengths of its images.</param>
    public static ImageRounding For(ReadOnlySpan<float> lengths)
    {
        float[] sorted = lengths.ToArray();
        Array.Sort(sorted);
        double usual = sorted[(int)(0.9 * (sorted.Length - 1))];
        double longest = usual > 0 ? Math.Min(sorted[^1], LongestByUsual * usual) : sorted[^1];
        return new ImageRounding(Math.Max(Room * longest, LeastLength) / Radius);
    }

    /// <summary>Rounds an image.</summary>
    /// <param name="image">The image.</param>
    /// <param name="columns">Its numbers.</param>
    /// <param name="rounded">Receives as many integers, in steps.</param>
    /// <param name="error">How far the result is from the image, drawn in if it was too long.</param>
    /// <returns>The squared length of the result.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public double Round(float* image, int columns, short* rounded, out double error)
    {
        double square = 0;
        for (int column = 0; column < columns; column++)
        {
            square += (double)image[column] * image[column];
        }

        double length = Math.Sqrt(square) / Step;
        double factor = (length > Radius ? Radius / length : 1) / Step;
        long sum = 0;
        double off = 0;
        for (int column = 0; column < columns; column++)
        {
            double value = image[column] * factor;
            double nearest = Math.Round(value);
            rounded[column] = (short)nearest;
            sum += (long)nearest * (long)nearest;
            off += (value - nearest) * (value - nearest);
        }

        // A little more, for the rounding of the quotients.
        error = (Math.Sqrt(off) + 1e-9) * Step;
        return sum * (Step * Step);
    }
}
