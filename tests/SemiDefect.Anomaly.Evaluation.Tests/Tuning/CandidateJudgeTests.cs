using SemiDefect.Anomaly.Calibration;
using SemiDefect.Anomaly.Evaluation.Rehearsals;
using SemiDefect.Anomaly.Evaluation.Tuning;
using SemiDefect.Anomaly.Scoring;
using SemiDefect.Anomaly.Search.Numerics;
using SemiDefect.Anomaly.Tuning;

namespace SemiDefect.Anomaly.Evaluation.Tests.Tuning;

public sealed class CandidateJudgeTests
{
    private const int Images = 8;
    private const int Sizes = 4;

    private static readonly IReadOnlyList<SyntheticDefectKind> AllKinds = RehearsalOptions.SoftKinds;

    private static readonly PlantedTrial[] Trials =
    [
        .. from image in Enumerable.Range(0, Images)
           from kind in AllKinds
           from step in Enumerable.Range(0, Sizes)
           select new PlantedTrial(image, kind, step, 4 << step, 0.5),
    ];

    [Fact]
    public void What_finds_more_over_many_kinds_is_chosen() =>
        Assert.Equal(1, Choose([[0], [1]], Lane(1, _ => 1), Lane(2, _ => 4)).Chosen);

    [Fact]
    public void Equal_lanes_leave_the_default() =>
        Assert.Equal(0, Choose([[0], [1]], Lane(1, _ => 3), Lane(2, _ => 3)).Chosen);

    [Fact]
    public void What_is_better_on_one_kind_only_is_not_proven() =>
        Assert.Equal(0, Choose(
            [[0], [1]], Lane(1, _ => 1), Lane(2, kind => kind == SyntheticDefectKind.Spot ? 20 : 1)).Chosen);

    [Fact]
    public void What_loses_a_kind_is_refused()
    {
        (TuningCandidate[] candidates, int chosen) = Choose(
            [[0], [1]],
            Lane(1, kind => kind == SyntheticDefectKind.Missing ? 6 : 1),
            Lane(2, kind => kind == SyntheticDefectKind.Missing ? 0 : 6));
        Assert.Equal(0, chosen);
        Assert.True(candidates[1].Found.Found > candidates[0].Found.Found);
        Assert.Equal(1, candidates[1].WorseKinds);
    }

    [Fact]
    public void Of_two_that_are_equally_good_the_cheaper_is_chosen()
    {
        LaneScores good = Lane(2, _ => 5);
        Assert.Equal(2, Choose([[0], [1], [2]], [100, 50, 20], Lane(1, _ => 1), good, good).Chosen);
        Assert.Equal(1, Choose([[0], [1], [2]], [100, 20, 50], Lane(1, _ => 1), good, good).Chosen);
    }

    [Fact]
    public void A_defect_found_elsewhere_does_not_count()
    {
        LaneScores good = Lane(2, _ => 5);
        LaneScores elsewhere = good with
        {
            Planted = [.. good.Planted.Select(planted => planted with { IsLocated = false })],
        };
        Assert.Equal(0, Choose([[0], [1]], Lane(1, _ => 1), elsewhere).Candidates[1].Found.Found);
    }

    [Fact]
    public void Kinds_and_sizes_are_counted()
    {
        TuningCandidate candidate = Choose([[0], [1]], Lane(1, _ => 1), Lane(2, _ => 1000)).Candidates[1];
        Assert.Equal(new TuningShare(Trials.Length, Trials.Length), candidate.Found);
        Assert.Equal(AllKinds.Count, candidate.ByKind.Count);
        var whole = new TuningShare(Images * Sizes, Images * Sizes);
        Assert.All(candidate.ByKind, kind => Assert.Equal(whole, kind.Share));
        Assert.Equal(Sizes, candidate.BySize.Count);
    }

    private static (TuningCandidate[] Candidates, int Chosen) Choose(int[][] combinations, params LaneScores[] lanes) =>
        Choose(combinations, [.. lanes.Select(_ => 1L)], lanes);

    private static (TuningCandidate[] Candidates, int Chosen) Choose(
        int[][] combinations, long[] costs, params LaneScores[] lanes) => CandidateJudge.Judge(
            combinations, lanes, costs, Trials, new ThresholdOptions(), FusionRule.Maximum, 0, _ => ([], [], null));

    // Good images around 10 with a deviation of 1, defects that much higher.
    private static LaneScores Lane(ulong seed, Func<SyntheticDefectKind, double> strength)
    {
        var generator = new SeededGenerator(seed);
        return new LaneScores(
            [.. Enumerable.Range(0, 60).Select(_ => 10 + generator.NextGaussian())],
            [.. Enumerable.Range(0, Images).Select(_ => 10 + generator.NextGaussian())],
            [
                .. Trials.Select(trial =>
                    new PlantedScore(10 + strength(trial.Kind) + generator.NextGaussian(), IsLocated: true)),
            ]);
    }
}
