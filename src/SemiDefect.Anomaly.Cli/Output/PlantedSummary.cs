using System.Globalization;
using SemiDefect.Anomaly.Evaluation.Tuning;
using SemiDefect.Anomaly.Tuning;

namespace SemiDefect.Anomaly.Cli.Output;

/// <summary>What is told of the planted defects of a detector, and of what thresholds find of them.</summary>
internal static class PlantedSummary
{
    /// <summary>Writes the table; nothing for a detector without planted defects.</summary>
    public static void Write(TextWriter output, DetectorDescription detector)
    {
        IReadOnlyList<ThresholdCost> costs = ThresholdCosts.Of(detector);
        if (costs.Count == 0)
        {
            return;
        }

        string later = detector.Steps.Count > 1 ? ", before the updates" : string.Empty;
        output.WriteLine(
            $"Planted     {detector.Planted.Count} defects in {Images(detector)} good images, scored out of "
                + $"fold{later}; found at their place:");
        string sizes = string.Join(' ', ThresholdCosts.Sizes(detector).Select(size => $"{$"{size} px",7}"));
        output.WriteLine($"            false-alarm rate  threshold  found  {sizes}");
        foreach (ThresholdCost cost in costs)
        {
            string bySize = string.Join(' ', cost.BySize.Select(size => $"{size.Found,7}"));
            string rate = cost.Rate is { } value
                ? string.Create(CultureInfo.InvariantCulture, $"{100 * value:0.####} %")
                : "set by hand";
            output.WriteLine(
                $"            {rate,16}  {Text.Number(cost.Threshold),9}  {cost.Found.Found,5}  {bySize}"
                    + (cost.IsPresent ? "  present" : string.Empty));
        }

        string planted = string.Join(' ', costs[0].BySize.Select(size => $"{size.Trials,7}"));
        output.WriteLine($"            {"of",16}  {string.Empty,9}  {costs[0].Found.Trials,5}  {planted}");
    }

    /// <summary>The same as JSON; null for a detector without planted defects.</summary>
    public static PlantedJson? Json(DetectorDescription detector)
    {
        IReadOnlyList<ThresholdCost> costs = ThresholdCosts.Of(detector);
        return costs.Count == 0
            ? null
            : new PlantedJson(
                detector.Planted.Count,
                Images(detector),
                ThresholdCosts.Sizes(detector),
                [.. costs[0].BySize.Select(size => size.Trials)],
                [
                    .. costs.Select(cost => new ThresholdCostJson(
                        cost.Rate, cost.Threshold, cost.IsPresent, cost.Found.Found, Found(cost.BySize))),
                ]);
    }

    private static IReadOnlyList<int> Found(IReadOnlyList<TuningShare> shares) =>
        [.. shares.Select(share => share.Found)];

    private static int Images(DetectorDescription detector) =>
        detector.Planted.Select(defect => defect.Image).Distinct().Count();
}
