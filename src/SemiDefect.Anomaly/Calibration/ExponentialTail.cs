using SemiDefect.Anomaly.Search.Numerics;

namespace SemiDefect.Anomaly.Calibration;

/// <summary>
/// The conservative rule for very few scores (even one), and for tails that no generalized Pareto distribution fits.
/// Above a level u near the median (exceeded with the conformal probability p = (m + 1) / (n + 1), m = floor(n / 2)),
/// the scores are assumed to be exponential. The mean is unknown, with a conjugate prior worth four exceedances with a
/// mean of u / 10. The predictive distribution of the next exceedance is then a Pareto distribution (Geisser 1993), and
/// threshold = u + (sum of exceedances + 0.4 |u|) ((p / rate)^(1 / (m + 4)) - 1), but at least the highest score.
/// In simulation, the rate of 0.01 is kept on average with 5 or more scores if their coefficient of variation is at
/// most 0.2 (good images of a line have 0.03 to 0.06), and with 2 scores if it is at most 0.1. Otherwise it is
/// exceeded, by a factor of three at 0.3 and 5 scores. One score s and a rate of 0.01 give 1.66 s. Stateless and
/// thread-safe.
/// </summary>
internal static class ExponentialTail
{
    private const int PriorCount = 4;
    private const double PriorMean = 0.1;

    /// <summary>The threshold; finite for finite scores.</summary>
    /// <param name="sortedScores">Ascending, at least one, finite.</param>
    /// <param name="rate">Below 1 / (n + 1).</param>
    public static double Compute(ReadOnlySpan<double> sortedScores, double rate)
    {
        int tail = sortedScores.Length / 2;
        double level = sortedScores[^(tail + 1)];
        double sum = PriorCount * PriorMean * Math.Abs(level);
        foreach (double score in sortedScores[^tail..])
        {
            sum += score - level;
        }

        double ratio = (tail + 1.0) / (sortedScores.Length + 1.0) / rate;
        double factor = PortableMath.Pow(ratio, 1.0 / (tail + PriorCount)) - 1;
        return Math.Max(sortedScores[^1], level + sum * factor);
    }
}
