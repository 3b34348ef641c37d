using SemiDefect.Anomaly.Search.Numerics;

namespace SemiDefect.Anomaly.Calibration;

/// <summary>
/// The careful rule for a handful of scores, down to one, and for tails that no generalized Pareto distribution fits.
/// Above the median-like level u (exceeded with the conformal probability p = (m + 1) / (n + 1), m = floor(n / 2)) the
/// scores are taken as exponential, the mean unknown with the conjugate prior that is worth four exceedances of a mean
/// of u / 10. The predictive distribution of the next one is then Pareto's (Geisser 1993), and
/// threshold = u + (sum of exceedances + 0.4 |u|) ((p / rate)^(1 / (m + 4)) - 1), but at least the highest score.
/// In simulation the rate of 0.01 is kept on average from 5 scores on while their coefficient of variation is up to 0.2
/// (good images of a line have 0.03 to 0.06), with 2 scores up to 0.1; beyond that it is exceeded, three times at 0.3
/// and 5 scores. One score s and a rate of 0.01 give 1.66 s. Thread-safe: nothing is kept.
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
