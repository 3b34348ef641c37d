namespace SemiDefect.Anomaly.Server.Statistics;

/// <summary>Quantiles of scores (definition 7 of Hyndman and Fan 1996). Immutable.</summary>
/// <param name="Low">The 5 % quantile.</param>
/// <param name="Median">The median.</param>
/// <param name="High">The 95 % quantile.</param>
internal sealed record ScoreQuantiles(double Low, double Median, double High)
{
    /// <summary>The quantiles of one score or more.</summary>
    public static ScoreQuantiles Of(IEnumerable<double> scores)
    {
        double[] sorted = [.. scores.Order()];
        double At(double share)
        {
            double position = share * (sorted.Length - 1);
            int below = (int)position;
            int above = Math.Min(below + 1, sorted.Length - 1);
            return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
        }

        return new ScoreQuantiles(At(0.05), At(0.5), At(0.95));
    }
}
