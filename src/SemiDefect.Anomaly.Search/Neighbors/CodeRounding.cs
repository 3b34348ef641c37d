using System.Runtime.CompilerServices;

namespace SemiDefect.Anomaly.Search.Neighbors;

/// <summary>
/// Rounds codes to vectors of 16-bit integers with a norm of about <see cref="Radius"/> at most, so that the inner
/// product of two of them, and any partial sum of it, fits 32 bits (Cauchy-Schwarz). Longer codes are first shortened
/// to that norm; since a ball is convex, this moves no two vectors farther apart. Immutable and thread-safe.
/// </summary>
internal readonly unsafe struct CodeRounding
{
    /// <summary>
    /// The maximum norm, in steps. Rounding adds at most half the square root of the number of columns, for which there
    /// is room.
    /// </summary>
    public const int Radius = 32_000;

    // Queries may be somewhat longer than the rows of the bank, and a few rows that are far longer than the others must
    // not make the step coarser for all.
    private const double Room = 1.5;
    private const double LongestByUsual = 4;
    private const double LeastLength = 1e-10;

    private CodeRounding(double step) => Step = step;

    /// <summary>The size of a step.</summary>
    public double Step { get; }

    /// <summary>Chooses the step size for a bank.</summary>
    /// <param name="lengths">The norms of its codes.</param>
    public static CodeRounding For(ReadOnlySpan<float> lengths)
    {
        float[] sorted = lengths.ToArray();
        Array.Sort(sorted);
        double usual = sorted[(int)(0.9 * (sorted.Length - 1))];
        double longest = usual > 0 ? Math.Min(sorted[^1], LongestByUsual * usual) : sorted[^1];
        return new CodeRounding(Math.Max(Room * longest, LeastLength) / Radius);
    }

    /// <summary>Rounds a code.</summary>
    /// <param name="code">The code.</param>
    /// <param name="columns">Its length.</param>
    /// <param name="rounded">Receives the integers, in steps.</param>
    /// <param name="error">The distance of the result from the code, after it was shortened if it was too long.</param>
    /// <returns>The squared norm of the result.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public double Round(float* code, int columns, short* rounded, out double error)
    {
        double square = 0;
        for (int column = 0; column < columns; column++)
        {
            square += (double)code[column] * code[column];
        }

        double length = Math.Sqrt(square) / Step;
        double factor = (length > Radius ? Radius / length : 1) / Step;
        long sum = 0;
        double off = 0;
        for (int column = 0; column < columns; column++)
        {
            double value = code[column] * factor;
            double nearest = Math.Round(value);
            rounded[column] = (short)nearest;
            sum += (long)nearest * (long)nearest;
            off += (value - nearest) * (value - nearest);
        }

        // Slightly more, to cover the rounding of the quotients.
        error = (Math.Sqrt(off) + 1e-9) * Step;
        return sum * (Step * Step);
    }
}
