using SemiDefect.Anomaly.Evaluation.Rehearsals;
using SemiDefect.Anomaly.Evaluation.Tuning;
using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.Search.Numerics;
using SemiDefect.Anomaly.Sources;

namespace SemiDefect.Anomaly.Evaluation.Tests.Tuning;

public sealed class TunerTests
{
    private static readonly TuningOptions Small = new() { HeldOut = 6, Learned = 30, Sizes = 3 };

    [Fact]
    [Trait("Speed", "Slow")]
    public void Where_the_default_size_is_too_small_to_see_anything_a_larger_one_is_chosen()
    {
        ImageList good = Parts(36);
        var options = new FitOptions { ResizeSize = 32 };
        TuningResult result = Tuner.Run(good, options, Small);
        TuningCandidate chosen = result.Candidates[result.Chosen];
        Assert.True(
            result.Chosen > 0,
            string.Join(
                "; ",
                result.Candidates.Select(candidate =>
                    $"{string.Join(',', candidate.Networks)} at {string.Join(',', candidate.Scales)}: "
                        + $"{candidate.Found}, {candidate.ChanceOfNone}, {candidate.BetterKinds}")));
        Assert.Contains(64, chosen.Scales);
        Assert.True(chosen.IsProven);
        Assert.Equal((30, 6), (result.Learned, result.HeldOut));
        Assert.True(result.Candidates[0].IsDefault);
        Assert.True(chosen.Found.Found > result.Candidates[0].Found.Found);
        int[] scales = result.Options.Scales.Count > 0 ? [.. result.Options.Scales] : [result.Options.ResizeSize];
        Assert.Equal(chosen.Scales, scales);

        TuningResult again = Tuner.Run(good, options with { Threads = 1 }, Small);
        Assert.Equal(result.Chosen, again.Chosen);
        Assert.Equal(
            result.Candidates.Select(candidate => (candidate.Found, candidate.ChanceOfNone)),
            again.Candidates.Select(candidate => (candidate.Found, candidate.ChanceOfNone)));
    }

    [Fact]
    public void What_leaves_nothing_to_choose_is_refused()
    {
        ImageList good = Parts(8);
        Assert.Throws<SemiDefectException>(() => Tuner.Run(Parts(5), new FitOptions()));
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

    // A grid of fine tracks with vias, moved and lit a little differently each time.
    private static ImageList Parts(int count) => new([.. Enumerable.Range(0, count).Select(i => ($"{i:D3}", Part(i)))]);

    private static Image Part(int index)
    {
        const int Side = 128;
        var generator = new SeededGenerator((ulong)index);
        int shift = generator.NextInt32(2);
        double light = generator.NextDouble(-3, 3);
        byte[] rgb = new byte[3 * Side * Side];
        for (int i = 0; i < Side * Side; i++)
        {
            (int x, int y) = (i % Side + shift, i / Side);
            double gray = x % 16 < 6 ? 170 : y % 32 < 8 ? 130 : 80;
            rgb.AsSpan(3 * i, 3).Fill((byte)Math.Round(gray + light + 2 * generator.NextGaussian()));
        }

        return new Image(Side, Side, rgb);
    }
}
