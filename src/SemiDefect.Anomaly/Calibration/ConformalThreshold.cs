namespace SemiDefect.Anomaly.Calibration;

/// <summary>
/// Split conformal prediction (Vovk, Gammerman and Shafer 2005; Papadopoulos et al. 2002; Lei et al. 2018): with n
/// calibration scores and a rate a, the threshold is the k-th smallest score, k = ceil((1 - a)(n + 1)). If a new good
/// image and the n others are exchangeable, the probability that its score is strictly above the threshold is at
/// most 1 - k / (n + 1) &lt;= a, for any distribution; ties only make it smaller. (A score equal to the threshold
/// must count as normal: with "at or above" the bound would be lost.) For every score,
/// "score &gt; threshold" and "p-value &lt;= a" are the same event. Stateless and thread-safe.
/// </summary>
internal static class ConformalThreshold
{
    /// <summary>
    /// The rank k, starting at 1; null if not even the highest score gives this guarantee, that is if n &lt; 1 / rate -
    /// 1.
    /// </summary>
    /// <param name="count">The number n of calibration scores, at least 0.</param>
    /// <param name="rate">The false-alarm rate, interpreted as the decimal number that was written.</param>
    public static int? Rank(int count, double rate)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        CheckRate(rate);

        // In decimal, because 0.07 x 100 in binary is not 7; ceil((1 - a)(n + 1)) = n + 1 - floor(a (n + 1)).
        int allowed = (int)decimal.Floor((decimal)rate * ((decimal)count + 1));
        return allowed == 0 ? null : count + 1 - allowed;
    }

    /// <summary>The threshold, or null if there are too few scores for the rate.</summary>
    /// <param name="calibrationScores">Scores of good images that were not used for training, in any order; no
    /// NaN.</param>
    /// <param name="rate">The false-alarm rate.</param>
    /// <exception cref="ArgumentException">A score is NaN.</exception>
    public static double? Compute(ReadOnlySpan<double> calibrationScores, double rate)
    {
        if (Rank(calibrationScores.Length, rate) is not int rank)
        {
            return null;
        }

        return Sorted(calibrationScores)[rank - 1];
    }

    /// <summary>
    /// The conformal p-value (1 + number of calibration scores &gt;= score) / (n + 1). For a new good image, it is at
    /// most a with probability at most a, for every a.
    /// </summary>
    /// <param name="sortedCalibrationScores">The calibration scores, ascending.</param>
    /// <param name="score">The new image's score.</param>
    /// <returns>Between 1 / (n + 1) and 1.</returns>
    public static double PValue(ReadOnlySpan<double> sortedCalibrationScores, double score)
    {
        int low = 0;
        int high = sortedCalibrationScores.Length;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (sortedCalibrationScores[middle] < score)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return (1.0 + sortedCalibrationScores.Length - low) / (sortedCalibrationScores.Length + 1.0);
    }

    internal static double[] Sorted(ReadOnlySpan<double> scores)
    {
        double[] sorted = scores.ToArray();
        foreach (double score in sorted)
        {
            if (double.IsNaN(score))
            {
                throw new ArgumentException("A calibration score is not a number.", nameof(scores));
            }
        }

        Array.Sort(sorted);
        return sorted;
    }

    private static void CheckRate(double rate)
    {
        if (!(rate is >= ThresholdOptions.LowestRate and < 1))
        {
            throw new ArgumentOutOfRangeException(
                nameof(rate), rate, $"The rate must be {ThresholdOptions.LowestRate} or more, and below 1.");
        }
    }
}
