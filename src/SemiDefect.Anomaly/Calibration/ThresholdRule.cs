using System.Globalization;

namespace SemiDefect.Anomaly.Calibration;

/// <summary>
/// Sets a threshold from the scores of good images alone; labels and defects are not used. Stateless and thread-safe.
/// </summary>
internal static class ThresholdRule
{
    private const string FalseAlarms = "false-alarm rate";

    /// <summary>The threshold for these scores; a score strictly above it is abnormal.</summary>
    /// <param name="outOfFoldScores">
    /// One score per good image, each by a detector that was not trained on it; in any order, finite. Ignored for
    /// <see cref="ThresholdMethod.Fixed"/>.
    /// </param>
    /// <param name="options">The rule and its rate.</param>
    /// <exception cref="SemiDefectException">There are no scores, or the options contradict each other.</exception>
    /// <exception cref="ArgumentException">
    /// A score is not finite, or the method is <see cref="ThresholdMethod.FoldMaxima"/>, which needs the scores by
    /// fold.
    /// </exception>
    public static ThresholdEstimate Compute(ReadOnlySpan<double> outOfFoldScores, ThresholdOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.ValidateMethod();
        if (options.Method == ThresholdMethod.Fixed)
        {
            return new ThresholdEstimate(
                options.FixedValue!.Value,
                "fixed",
                "The threshold was given by hand; no false-alarm rate stands behind it.");
        }

        if (options.Method == ThresholdMethod.FoldMaxima)
        {
            throw new ArgumentException(
                "The rule of fold maxima is computed fold by fold, not from one list of scores.", nameof(options));
        }

        return ByRate(outOfFoldScores, options.Method, options.FalseAlarmRate, FalseAlarms);
    }

    /// <summary>
    /// The check threshold, by the same rule at the check rate; null if the options have no check rate. If it is not
    /// below the threshold, its note says so.
    /// </summary>
    /// <param name="outOfFoldScores">The scores that gave the threshold.</param>
    /// <param name="options">The rule and its rates.</param>
    /// <param name="threshold">The image threshold.</param>
    public static ThresholdEstimate? ComputeCheck(
        ReadOnlySpan<double> outOfFoldScores,
        ThresholdOptions options,
        ThresholdEstimate threshold)
    {
        if (options.CheckRate == 0)
        {
            return null;
        }

        ThresholdEstimate check = ByRate(outOfFoldScores, options.Method, options.CheckRate, "check rate");
        return check.Value < threshold.Value ? check : check with
        {
            Note = "The check threshold is not below the threshold, so no image is to be checked: add good images, or "
                + "give a higher check rate.",
        };
    }

    private static ThresholdEstimate ByRate(
        ReadOnlySpan<double> outOfFoldScores,
        ThresholdMethod method,
        double rate,
        string rateName)
    {
        if (outOfFoldScores.IsEmpty)
        {
            throw new SemiDefectException(
                "A threshold cannot be set without out-of-fold scores of good images: use folds, or give a fixed "
                    + "threshold.");
        }

        double[] sorted = ConformalThreshold.Sorted(outOfFoldScores);
        if (!double.IsFinite(sorted[0]) || !double.IsFinite(sorted[^1]))
        {
            throw new ArgumentException("A score is not finite.", nameof(outOfFoldScores));
        }

        return method == ThresholdMethod.Quantile
            ? ByQuantile(sorted, rate, rateName)
            : ByConformalRule(sorted, rate, rateName);
    }

    /// <summary>The mean, over the folds, of the highest score in each.</summary>
    internal static ThresholdEstimate FoldMaxima(IReadOnlyList<double> scores, FoldAssignment folds)
    {
        double sum = 0;
        for (int fold = 0; fold < folds.Count; fold++)
        {
            sum += folds.Members(fold).Max(image => scores[image]);
        }

        return new ThresholdEstimate(sum / folds.Count, "fold-maxima", null);
    }

    private static ThresholdEstimate ByConformalRule(double[] sorted, double rate, string rateName)
    {
        if (ConformalThreshold.Rank(sorted.Length, rate) is int rank)
        {
            return new ThresholdEstimate(sorted[rank - 1], "conformal", null);
        }

        // The score of a single image is that of its own turned copies, and no sample of anything.
        if (sorted.Length == 1)
        {
            return new ThresholdEstimate(
                ExponentialTail.Compute(sorted, rate),
                "exponential-tail",
                $"One good image can promise no {rateName}: the threshold is a guess from how much the image differs "
                    + "from its own turned copies; add good images.");
        }

        string few = string.Create(
            CultureInfo.InvariantCulture,
            $"{sorted.Length} good images are too few to guarantee a {rateName} of {rate} "
                + $"({Needed(rate)} are needed); ");
        return GeneralizedParetoTail.Compute(sorted, rate) is double value
            ? new ThresholdEstimate(value, "generalized-pareto", few + "a generalized Pareto tail was fitted instead.")
            : new ThresholdEstimate(
                ExponentialTail.Compute(sorted, rate),
                "exponential-tail",
                few + "a careful exponential tail was used instead.");
    }

    private static ThresholdEstimate ByQuantile(double[] sorted, double rate, string rateName)
    {
        // Definition 7 of Hyndman and Fan (1996), the default of most statistics packages.
        double position = (1 - rate) * (sorted.Length - 1);
        int below = (int)Math.Floor(position);
        int above = Math.Min(below + 1, sorted.Length - 1);
        double value = sorted[below] + (position - below) * (sorted[above] - sorted[below]);
        string? note = ConformalThreshold.Rank(sorted.Length, rate) is null
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"{sorted.Length} good image{(sorted.Length == 1 ? "" : "s")} cannot show a {rateName} of "
                    + $"{rate}: the quantile lies at or just below the highest score, and more false alarms than that "
                    + $"must be expected.")
            : null;
        return new ThresholdEstimate(value, "quantile", note);
    }

    internal static long Needed(double rate) => (long)decimal.Ceiling(1 / (decimal)rate) - 1;
}
