using SemiDefect.Anomaly.Calibration;
using SemiDefect.Anomaly.Scoring;

namespace SemiDefect.Anomaly.Evaluation.Tuning;

/// <summary>
/// What several lanes together make of all images: their scores on the common scale, combined as a detector with these
/// lanes does. Immutable by convention, and so thread-safe.
/// </summary>
/// <param name="OutOfFold">One score per good image that the lanes were fitted on.</param>
/// <param name="Planted">One score per planted defect, with the place as the highest lane sees it.</param>
internal sealed record FusedScores(double[] OutOfFold, PlantedScore[] Planted)
{
    /// <summary>Fuses lanes.</summary>
    /// <param name="lanes">The scores of the lanes.</param>
    /// <param name="rule">How a detector with these lanes combines them.</param>
    public static FusedScores Of(IReadOnlyList<LaneScores> lanes, FusionRule rule)
    {
        ScoreFusion fusion = ScoreFusion.Of(rule, lanes.Select(lane => lane.OutOfFold.ToArray()));
        return new FusedScores(
            [
                .. Enumerable.Range(0, lanes[0].OutOfFold.Count)
                    .Select(image => fusion.ImageScore([.. lanes.Select(lane => lane.OutOfFold[image])])),
            ],
            [
                .. Enumerable.Range(0, lanes[0].Planted.Count).Select(trial =>
                {
                    PlantedScore[] planted = [.. lanes.Select(lane => lane.Planted[trial])];
                    double[] scores = [.. planted.Select(one => one.Score)];
                    return new PlantedScore(
                        fusion.ImageScore(scores), planted[fusion.Decisive(scores)].IsLocated);
                }),
            ]);
    }

    /// <summary>Which planted defects are found, at their place, at the threshold that the options set.</summary>
    public bool[] Found(ThresholdOptions options) => FoundAbove(options.Compute(OutOfFold).Value);

    /// <summary>Which planted defects are found, at their place, above a threshold.</summary>
    public bool[] FoundAbove(double threshold) =>
        [.. Planted.Select(planted => planted.IsLocated && planted.Score > threshold)];
}
