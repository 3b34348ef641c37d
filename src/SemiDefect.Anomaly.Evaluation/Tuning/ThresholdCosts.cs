using SemiDefect.Anomaly.Calibration;
using SemiDefect.Anomaly.Tuning;

namespace SemiDefect.Anomaly.Evaluation.Tuning;

/// <summary>
/// What other thresholds would cost and find, from the scores that a detector keeps: those of its good images and those
/// of defects planted in some of them (<see cref="EvenPlanter"/>). Stateless.
/// </summary>
public static class ThresholdCosts
{
    private static readonly double[] ShownRates = [0.001, 0.01, 0.05, 0.1];

    /// <summary>
    /// The table, by ascending rate: 0.1 %, 1 %, 5 %, 10 % and the detector's own; a threshold that does not follow
    /// from a rate comes last. Empty if the detector has no planted defects.
    /// </summary>
    /// <param name="detector">The detector.</param>
    public static IReadOnlyList<ThresholdCost> Of(DetectorDescription detector)
    {
        ArgumentNullException.ThrowIfNull(detector);
        if (detector.Planted.Count == 0)
        {
            return [];
        }

        ThresholdOptions own = detector.Thresholds.Options;
        ThresholdOptions rule = own.HasRate ? own : new ThresholdOptions();
        double[] scores = [.. detector.Thresholds.ImageScores];
        IEnumerable<double> rates = scores.Length == 0 ? []
            : own.HasRate ? ShownRates.Append(own.FalseAlarmRate)
            : ShownRates;
        var costs = new List<ThresholdCost>();
        foreach (double rate in rates.Distinct().Order())
        {
            bool isPresent = own.HasRate && rate == own.FalseAlarmRate;
            double threshold = isPresent
                ? detector.Thresholds.Image.Value
                : (rule with { FalseAlarmRate = rate }).Compute(scores).Value;
            costs.Add(At(detector.Planted, rate, threshold, isPresent));
        }

        if (!own.HasRate)
        {
            costs.Add(At(detector.Planted, null, detector.Thresholds.Image.Value, isPresent: true));
        }

        return costs;
    }

    /// <summary>The sizes of the planted defects, ascending, in pixels of the first image that they are in.</summary>
    /// <param name="detector">The detector.</param>
    public static IReadOnlyList<int> Sizes(DetectorDescription detector)
    {
        ArgumentNullException.ThrowIfNull(detector);
        return [.. BySize(detector.Planted).Select(size => size.First().Size)];
    }

    private static ThresholdCost At(
        IReadOnlyList<PlantedDefect> planted, double? rate, double threshold, bool isPresent)
    {
        TuningShare Share(IReadOnlyCollection<PlantedDefect> some) =>
            new(some.Count(defect => defect.IsLocated && defect.Score > threshold), some.Count);
        return new ThresholdCost(
            rate, threshold, isPresent, Share([.. planted]), [.. BySize(planted).Select(size => Share([.. size]))]);
    }

    private static IEnumerable<IGrouping<int, PlantedDefect>> BySize(IReadOnlyList<PlantedDefect> planted) =>
        planted.GroupBy(defect => defect.Step).OrderBy(size => size.Key);
}
