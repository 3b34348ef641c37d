namespace SemiDefect.Anomaly.Scoring;

/// <summary>
/// Brings the scores of a branch to the common scale of all branches: 1 at the median of the good images' out-of-fold
/// scores, plus 0.1 per spread above it. Immutable and thread-safe.
/// </summary>
/// <param name="Center">The median.</param>
/// <param name="Spread">Half the distance between the 16 % and the 84 % quantile, which is the standard deviation of a
/// normal distribution; above 0.</param>
public sealed record ScoreScale(double Center, double Spread)
{
    private const double Step = 0.1;

    // Otherwise, a branch with nearly equal scores for all good images would dominate.
    private const double LeastRelativeSpread = 1e-3;

    // If all scores are 0, for example for copies of one image, nothing else limits the score of a defect.
    private const double LeastSpread = 1e-6;

    /// <summary>The scale for the out-of-fold scores of a branch.</summary>
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

    /// <summary>The score that counts as 0 on the common scale.</summary>
    internal double Zero => Center - Spread / Step;

    private static double Quantile(double[] sorted, double share)
    {
        double position = share * (sorted.Length - 1);
        int below = (int)position;
        int above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
    }
}
