using SemiDefect.Anomaly.Evaluation.Rehearsals;
using SemiDefect.Anomaly.Evaluation.Tuning;
using SemiDefect.Anomaly.Sources;
using SemiDefect.Anomaly.Tuning;

namespace SemiDefect.Anomaly.Evaluation.Tests.Tuning;

public sealed class TunerTests
{
    private static readonly TuningOptions Small = new() { HeldOut = 6, Learned = 30, Sizes = 3 };

    [Fact]
    [Trait("Speed", "Slow")]
    public void Where_the_default_size_is_too_small_to_see_anything_a_larger_one_is_chosen()
    {
        // Larger sizes cost several times the default, so the limit of work leaves one kind per size and picture.
        TuningOptions tuning = Small with { HeldOut = 18 };
        ImageList good = TrackParts.Of(54);
        var options = new FitOptions { ResizeSize = 32 };
        TuningResult result = Tuner.Run(good, options, tuning);
        TuningRecord record = result.Record;
        Assert.Same(record, result.Options.Tuning);
        TuningCandidate chosen = record.Candidates[record.Chosen];
        Assert.True(
            record.Chosen > 0,
            string.Join(
                "; ",
                record.Candidates.Select(candidate =>
                    $"{string.Join(',', candidate.Networks)} at {string.Join(',', candidate.Scales)}: "
                        + $"{candidate.Found}, {candidate.ChanceOfNone}, {candidate.BetterKinds}")));
        Assert.Contains(64, chosen.Scales);
        Assert.True(chosen.IsProven);
        Assert.Equal((30, 18), (record.Learned, record.HeldOut));
        Assert.True(record.Candidates[0].IsDefault);
        Assert.True(chosen.Found.Found > record.Candidates[0].Found.Found);
        int[] scales = result.Options.Scales.Count > 0 ? [.. result.Options.Scales] : [result.Options.ResizeSize];
        Assert.Equal(chosen.Scales, scales);

        TuningRecord again = Tuner.Run(good, options with { Threads = 1 }, tuning).Record;
        Assert.Equal(record.Chosen, again.Chosen);
        Assert.Equal(
            record.Candidates.Select(candidate => (candidate.Found, candidate.ChanceOfNone)),
            again.Candidates.Select(candidate => (candidate.Found, candidate.ChanceOfNone)));
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public void Nothing_above_the_limit_is_tried()
    {
        ImageList good = TrackParts.Of(12);
        var options = new FitOptions { ResizeSize = 32 };
        TuningRecord all = Tuner.Run(good, options, Small).Record;
        long least = all.Candidates.Min(candidate => candidate.MultiplyAdds);
        long most = all.Candidates.Max(candidate => candidate.MultiplyAdds);
        TuningRecord some = Tuner.Run(good, options, Small with { MaxCost = most - 1 }).Record;
        Assert.Equal(most - 1, some.MaxCost);
        Assert.Equal(
            all.Candidates.Where(candidate => candidate.MultiplyAdds < most).Select(candidate => candidate.Found),
            some.Candidates.Select(candidate => candidate.Found));

        // The default is above the limit; what of it is within takes its place.
        TuningResult cheap = Tuner.Run(
            good, new FitOptions { Scales = [32, 64] }, Small with { MaxCost = 3 * least / 2 });
        Assert.Equal([32], cheap.Record.Candidates[0].Scales);
        Assert.Equal(32, cheap.Options.ResizeSize);
        Assert.Empty(cheap.Options.Scales);

        Assert.Contains(
            "Even the cheapest choice",
            Assert.Throws<SemiDefectException>(() => Tuner.Run(good, options, Small with { MaxCost = 1000 })).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public void A_full_tuning_also_tries_other_ways_to_score()
    {
        TuningOptions full = TuningOptions.Full(0) with { HeldOut = 4, Learned = 8 };
        TuningResult result = Tuner.Run(TrackParts.Of(12), new FitOptions { ResizeSize = 32 }, full);
        IReadOnlyList<TuningCandidate> candidates = result.Record.Candidates;
        Assert.Equal(
            ["neighbors kept", "no whitening", "smoothing 0", "smoothing 1.5", "smoothing 2.5"],
            candidates.Select(candidate => candidate.Change).OfType<string>().Order());
        Assert.Contains(candidates, candidate => candidate.Scales.Contains(48));
        Assert.True(result.Record.Effort > 1);

        // The worse half has been dropped at half time.
        int all = candidates[0].Found.Trials;
        int[] planted = [.. candidates.Select(candidate => candidate.Found.Trials).Distinct()];
        Assert.Equal([all / 2, all], planted.Order());
        Assert.Equal(all, candidates[result.Record.Chosen].Found.Trials);
        Assert.All(
            candidates.Where(candidate => candidate.Found.Trials < all), candidate => Assert.False(candidate.IsProven));
        Assert.Equal(
            result.Record.Candidates[result.Record.Chosen].Change == "no whitening", !result.Options.Whitening);
    }

    [Fact]
    public void What_leaves_nothing_to_choose_is_refused()
    {
        ImageList good = TrackParts.Of(8);
        Assert.Throws<SemiDefectException>(() => Tuner.Run(TrackParts.Of(5), new FitOptions()));
        Assert.Throws<SemiDefectException>(() => Tuner.Run(good, FitPresets.Create("seed")));
        Assert.Throws<SemiDefectException>(() => Tuner.Run(
            good, new FitOptions { Threshold = new() { Method = Calibration.ThresholdMethod.Fixed, FixedValue = 1 } }));
        Assert.Throws<SemiDefectException>(() => new TuningOptions { HeldOut = 1 });
        Assert.Throws<OperationCanceledException>(() => Tuner.Run(
            good, new FitOptions { ResizeSize = 32 }, Small, cancellationToken: new CancellationToken(true)));
    }

    [Fact]
    public void Held_out_images_come_from_all_over_the_folder_and_are_not_learned_from()
    {
        (int[] learned, int[] heldOut) = TuningSplit.Divide(100, new TuningOptions());
        Assert.Equal((60, 10), (learned.Length, heldOut.Length));
        Assert.Empty(learned.Intersect(heldOut));
        Assert.All(Enumerable.Range(0, 10), i => Assert.InRange(heldOut[i], 10 * i, 10 * i + 9));
        Assert.Equal(heldOut, TuningSplit.Divide(100, new TuningOptions()).HeldOut);
    }

    [Fact]
    public void Sizes_reach_from_four_pixels_to_a_third_of_the_picture()
    {
        Assert.Equal([4, 12, 34, 100], TrialPlan.Sizes(300, 4));
        Assert.Equal([4, 26, 171], TrialPlan.Sizes(512, 3));
        PlantedTrial[] trials = [.. TrialPlan.Of(0, 300, new TuningOptions())];
        Assert.Equal(RehearsalOptions.SoftKinds.Count * 4, trials.Length);
        Assert.All(trials, trial => Assert.InRange(trial.Contrast, 0.3, 1));
    }
}
