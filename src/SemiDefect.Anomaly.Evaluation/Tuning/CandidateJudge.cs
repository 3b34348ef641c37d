using SemiDefect.Anomaly.Calibration;
using SemiDefect.Anomaly.Evaluation.Rehearsals;
using SemiDefect.Anomaly.Scoring;
using SemiDefect.Anomaly.Tuning;

namespace SemiDefect.Anomaly.Evaluation.Tuning;

/// <summary>
/// Chooses among combinations of lanes. The default stays unless another one finds more planted defects beyond chance,
/// also without the two kinds that gain most, and no kind less often beyond chance. Of those, the one that finds most
/// is taken; of those that differ from it by chance only, the cheapest. Stateless.
/// </summary>
internal static class CandidateJudge
{
    private const double ChanceOfAll = 0.01;
    private const double ChanceOfOthers = 0.05;
    private const double ChanceOfTie = 0.05;
    private const double LeastGain = 0.02;

    /// <summary>Judges all combinations.</summary>
    /// <param name="combinations">Positions of lanes, the default first.</param>
    /// <param name="lanes">The scores of the lanes.</param>
    /// <param name="costs">The multiply-adds of the lanes.</param>
    /// <param name="trials">The planted defects.</param>
    /// <param name="threshold">How the threshold is set.</param>
    /// <param name="rule">How scores of several lanes are combined.</param>
    /// <param name="seed">Decides the resamples.</param>
    /// <param name="describe">Adds the names of what a combination is made of.</param>
    public static (TuningCandidate[] Candidates, int Chosen) Judge(
        IReadOnlyList<int[]> combinations,
        IReadOnlyList<LaneScores> lanes,
        IReadOnlyList<long> costs,
        IReadOnlyList<PlantedTrial> trials,
        ThresholdOptions threshold,
        FusionRule rule,
        ulong seed,
        Func<int[], (IReadOnlyList<string> Networks, IReadOnlyList<int> Scales, string? Change)> describe)
    {
        FusedScores[] fused =
            [.. combinations.Select(combination => FusedScores.Of([.. combination.Select(lane => lanes[lane])], rule))];
        TuningEvidence Compare(int one, int other) =>
            EvidenceTest.Compare(fused[one], fused[other], trials, threshold.FalseAlarmRate, seed);
        TuningCandidate[] candidates =
        [
            .. combinations.Select((combination, i) =>
            {
                TuningEvidence evidence = i == 0 ? new TuningEvidence(0, 1, 1, 0, 0) : Compare(i, 0);
                (IReadOnlyList<string> networks, IReadOnlyList<int> scales, string? change) = describe(combination);
                bool[] found = fused[i].Found(threshold);
                return new TuningCandidate
                {
                    Networks = networks,
                    Scales = scales,
                    Change = change,
                    IsDefault = i == 0,
                    MultiplyAdds = combination.Sum(lane => costs[lane]),
                    Found = ShareCounter.Count(found, trials),
                    ByKind =
                    [
                        .. trials.Select(trial => trial.Kind).Distinct().Select(kind => new TuningKindShare(
                            DefectKindNames.Of(kind),
                            ShareCounter.Count(found, trials, trial => trial.Kind == kind))),
                    ],
                    BySize = ShareCounter.BySize(found, trials),
                    ChanceOfNone = evidence.ChanceOfNone,
                    BetterKinds = evidence.BetterKinds,
                    WorseKinds = evidence.WorseKinds,
                    IsProven = evidence.ChanceOfNone <= ChanceOfAll
                        && evidence.Gain >= LeastGain
                        && evidence.ChanceOfNoneElse <= ChanceOfOthers
                        && evidence.WorseKinds == 0,
                };
            }),
        ];
        int[] proven = [.. Enumerable.Range(0, candidates.Length).Where(i => candidates[i].IsProven)];
        if (proven.Length == 0)
        {
            return (candidates, 0);
        }

        int best = proven.MaxBy(i => candidates[i].Found.Share);
        int chosen = proven
            .Where(i => i == best || Compare(best, i).ChanceOfNone > ChanceOfTie)
            .MinBy(i => candidates[i].MultiplyAdds);
        return (candidates, chosen);
    }
}
