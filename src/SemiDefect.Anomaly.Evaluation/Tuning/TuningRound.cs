using SemiDefect.Anomaly.Calibration;
using SemiDefect.Anomaly.Scoring;
using SemiDefect.Anomaly.Sources;
using SemiDefect.Anomaly.Tuning;

namespace SemiDefect.Anomaly.Evaluation.Tuning;

/// <summary>
/// Compares combinations of lanes. With a full tuning, by halving: all of them on half of the pictures held out, then
/// the better half, and always the first, on the others. Not thread-safe.
/// </summary>
/// <param name="good">The good images.</param>
/// <param name="tuning">The options of the tuning.</param>
/// <param name="threshold">How the threshold is set.</param>
/// <param name="rule">How scores of several lanes are combined.</param>
/// <param name="progress">Told of each step; null for none.</param>
/// <param name="cancellationToken">Cancels between images.</param>
internal sealed class TuningRound(
    IImageSource good,
    TuningOptions tuning,
    ThresholdOptions threshold,
    FusionRule rule,
    IProgress<TuningProgress>? progress,
    CancellationToken cancellationToken)
{
    /// <summary>Runs it.</summary>
    /// <param name="known">Lanes that an earlier round has scored on all pictures.</param>
    /// <param name="lanes">The options of further lanes.</param>
    /// <param name="combinations">
    /// Positions among the known lanes and those after them; the first stays by default.
    /// </param>
    /// <param name="costs">The multiply-adds of the lanes, the known ones first.</param>
    /// <param name="describe">Adds what a combination is made of.</param>
    /// <exception cref="SemiDefectException">The images are too small to plant defects in.</exception>
    public TuningRoundResult Run(
        IReadOnlyList<LaneScores> known,
        IReadOnlyList<FitOptions> lanes,
        IReadOnlyList<int[]> combinations,
        IReadOnlyList<long> costs,
        Func<int[], (IReadOnlyList<string> Networks, IReadOnlyList<int> Scales, string? Change)> describe)
    {
        (TuningCandidate[] Candidates, int Chosen) Judge(
            IReadOnlyList<int[]> some, IReadOnlyList<LaneScores> scores, IReadOnlyList<PlantedTrial> planted) =>
            CandidateJudge.Judge(some, scores, costs, planted, threshold, rule, tuning.Seed, describe);
        var dropped = new TuningCandidate?[combinations.Count];
        IReadOnlySet<int> Halve(LaneScores[] half, PlantedTrial[] planted)
        {
            LaneScores[] soFar =
                [.. known.Select(lane => lane with { Planted = [.. lane.Planted.Take(planted.Length)] }), .. half];
            TuningCandidate[] candidates = Judge(combinations, soFar, planted).Candidates;
            foreach (int i in Enumerable.Range(1, combinations.Count - 1)
                .OrderByDescending(i => candidates[i].Found.Share)
                .Skip(combinations.Count / 2))
            {
                dropped[i] = candidates[i] with { IsProven = false };
            }

            return combinations.Where((_, i) => dropped[i] is null)
                .SelectMany(combination => combination)
                .Select(lane => lane - known.Count)
                .ToHashSet();
        }

        (LaneScores[] scores, PlantedTrial[] trials) = LaneScorer.Score(
            good, lanes, tuning, tuning.IsFull && combinations.Count > 2 ? Halve : null, progress, cancellationToken);
        if (trials.Length == 0)
        {
            throw new SemiDefectException("The images are too small to plant defects in: leave tuning off.");
        }

        progress?.Report(new TuningProgress(TuningStage.Comparing, 0, combinations.Count));
        int[] kept = [.. Enumerable.Range(0, combinations.Count).Where(i => dropped[i] is null)];
        LaneScores[] all = [.. known, .. scores];
        (TuningCandidate[] judged, int chosen) = Judge([.. kept.Select(i => combinations[i])], all, trials);
        var results = new TuningCandidate[combinations.Count];
        for (int i = 0; i < results.Length; i++)
        {
            results[i] = dropped[i] ?? judged[Array.IndexOf(kept, i)];
        }

        progress?.Report(new TuningProgress(TuningStage.Comparing, combinations.Count, combinations.Count));
        return new TuningRoundResult(
            results, kept[chosen], all, [.. scores.Select(lane => lane.Clean.Count + lane.Planted.Count)]);
    }
}
