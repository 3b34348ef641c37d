using SemiDefect.Anomaly.Calibration;
using SemiDefect.Anomaly.Scoring;

namespace SemiDefect.Anomaly.Evaluation.Tuning;

/// <summary>
/// What several lanes together make of all images: the scores on their common scale, and the highest of them, as a
/// detector with these lanes does. Immutable by convention, and so thread-safe.
/// </summary>
/// <param name="OutOfFold">One score per good image that the lanes were fitted on.</param>
/// <param name="Planted">One score per planted defect, with the place as the highest lane sees it.</param>
internal sealed record FusedScores(double[] OutOfFold, PlantedScore[] Planted)
{
    /// <summary>Fuses lanes.</summary>
    public static FusedScores Of(IReadOnlyList<LaneScores> lanes)
    {
        ScoreScale[] scales = [.. lanes.Select(lane => ScoreScale.Of([.. lane.OutOfFold]))];
        return new FusedScores(
            [
                .. Enumerable.Range(0, lanes[0].OutOfFold.Count).Select(image =>
                    Enumerable.Range(0, lanes.Count).Max(lane => scales[lane].Normalize(lanes[lane].OutOfFold[image]))),
            ],
            [
                .. Enumerable.Range(0, lanes[0].Planted.Count).Select(trial =>
                    Enumerable.Range(0, lanes.Count)
                        .Select(lane => lanes[lane].Planted[trial] with
                        {
                            Score = scales[lane].Normalize(lanes[lane].Planted[trial].Score),
                        })
                        .MaxBy(planted => planted.Score)),
            ]);
    }

    /// <summary>Which planted defects are found, at their place, at the threshold that the options set.</summary>
    public bool[] Found(ThresholdOptions options) => FoundAbove(ThresholdRule.Compute(OutOfFold, options).Value);

    /// <summary>Which planted defects are found, at their place, above a threshold.</summary>
    public bool[] FoundAbove(double threshold) =>
        [.. Planted.Select(planted => planted.IsLocated && planted.Score > threshold)];
}
