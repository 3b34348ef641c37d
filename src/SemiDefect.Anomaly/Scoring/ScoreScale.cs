namespace SemiDefect.Anomaly.Scoring;

/// <summary>
/// Brings the scores of a branch to the scale that all branches share: 1 at the median of the good images' out-of-fold
/// scores, 0.1 more for each spread above it. Immutable and thread-safe.
/// </summary>
/// <param name="Center">The median.</param>
/// <param name="Spread">Half the distance from the 16 % to the 84 % quantile, which a normal distribution has as its
/// standard deviation; above 0.</param>
public sealed record ScoreScale(double Center, double Spread)
{
    private const double Step = 0.1;

    // A branch that scores all good images alike would be infinitely sure.
    private const double LeastRelativeSpread = 1e-3;

    // Where it scores all of them 0, as copies of one image do, nothing else bounds the score of a defect.
    private const double LeastSpread = 1e-6;

    /// <summary>The scale of a branch's out-of-fold scores.</summary>
    /// <param name="scores">One score per good image, at least one, finite.</param>
    public static ScoreScale Of(IReadOnlyCollection<double> scores)
    {
        double[] sorted = [.. scores.Order()];
        double center = Quantile(sorted, 0.5);
        double spread = (Quantile(sorted, 0.84) - Quantile(sorted, 0.16)) / 2;
        return new ScoreScale(center, Math.Max(spread, Math.Max(LeastRelativeSpread * Math.Abs(center), LeastSpread)));
    }

    /// <summary>A score of the branch on the common scale.</summary>
    public double Normalize(double score) => 1 + Step * (score - Center) / Spread;

    private static double Quantile(double[] sorted, double share)
    {
        double position = share * (sorted.Length - 1);
        int below = (int)position;
        int above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
    }
}
