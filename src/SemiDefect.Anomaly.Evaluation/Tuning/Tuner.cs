using SemiDefect.Anomaly.Calibration;
using SemiDefect.Anomaly.Detection;
using SemiDefect.Anomaly.Encoders;
using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.Sources;
using SemiDefect.Anomaly.Tuning;
using SemiDefect.Anomaly.Views;

namespace SemiDefect.Anomaly.Evaluation.Tuning;

/// <summary>
/// Chooses networks and working sizes from good images alone: holds some out, plants defects in them, and takes what
/// finds more than the default does at the threshold for the false-alarm rate. The choice depends on the images, the
/// options and the seed, never on measured time. Stateless.
/// </summary>
public static class Tuner
{
    private const string OtherNetwork = "resnet18";

    /// <summary>Chooses.</summary>
    /// <param name="good">Images of good parts, 6 or more.</param>
    /// <param name="options">The options to fit with; what they say of networks and sizes is the default.</param>
    /// <param name="tuning">The options of the tuning; null for the defaults.</param>
    /// <param name="progress">Told of each step, from the calling thread.</param>
    /// <param name="cancellationToken">Cancels between images.</param>
    /// <exception cref="SemiDefectException">
    /// An image cannot be read, or the options leave nothing to choose; the message says what to do.
    /// </exception>
    /// <exception cref="OperationCanceledException">The operation was canceled.</exception>
    public static TuningResult Run(
        IImageSource good,
        FitOptions options,
        TuningOptions? tuning = null,
        IProgress<TuningProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(good);
        ArgumentNullException.ThrowIfNull(options);
        tuning ??= new TuningOptions { Seed = options.Seed };
        options.Validate();
        RequireChoice(options);
        (good, options) = GoodImages.Survey(good, options, cancellationToken);
        options = AutomaticViews.Choose(options, good, cancellationToken);
        (int[] learned, int[] heldOut) = TuningSplit.Divide(good.Count, tuning);
        Image first = good.Read(heldOut[0], cancellationToken);
        var space = TuningSpace.Of(
            options,
            options.OpenBackbones(),
            BackboneFile.Embedded.Contains(OtherNetwork) ? BackboneFile.Open(OtherNetwork) : null,
            (first.Width, first.Height),
            good.Count,
            tuning.MaxCost);
        (LaneScores[] scores, PlantedTrial[] trials) = LaneScorer.Score(
            good, [.. space.Lanes.Select(lane => lane.ToOptions(options))], tuning, progress, cancellationToken);
        if (trials.Length == 0)
        {
            throw new SemiDefectException("The images are too small to plant defects in: leave tuning off.");
        }

        progress?.Report(new TuningProgress(TuningStage.Comparing, 0, space.Combinations.Count));
        (TuningCandidate[] candidates, int chosen) = CandidateJudge.Judge(
            space.Combinations,
            scores,
            [.. space.Costs.Select(cost => cost.Total)],
            trials,
            options.Threshold,
            options.Fusion,
            tuning.Seed,
            combination => (
                [.. combination.Select(lane => space.Lanes[lane].Network.Name).Distinct()],
                [.. combination.Select(lane => space.Lanes[lane].Scale).Distinct().Order()]));
        progress?.Report(new TuningProgress(TuningStage.Comparing, candidates.Length, candidates.Length));
        var record = new TuningRecord
        {
            Learned = learned.Length,
            HeldOut = heldOut.Length,
            Sizes = TrialPlan.Sizes(Math.Min(first.Width, first.Height), tuning.Sizes),
            Chosen = chosen,
            Candidates = candidates,
            MaxCost = tuning.MaxCost,
        };
        FitOptions best = chosen == 0 && space.HasDefault
            ? options
            : WithLanes(options, space, space.Combinations[chosen]);
        return new TuningResult(best with { Tuning = record }, record);
    }

    private static void RequireChoice(FitOptions options)
    {
        if (options.Encoder is not null || options.FoldBanks || options.Resize == ResizeKind.None)
        {
            throw new SemiDefectException(
                "Tuning chooses networks and working sizes, which an encoder of one's own, a memory bank per fold and "
                    + "images that are not resized rule out: leave these out, or tuning off.");
        }

        if (options.Threshold.Method is ThresholdMethod.Fixed or ThresholdMethod.FoldMaxima)
        {
            throw new SemiDefectException(
                "Tuning counts what is found at a false-alarm rate: choose the threshold method conformal or quantile, "
                    + "or leave tuning off.");
        }
    }

    private static FitOptions WithLanes(FitOptions options, TuningSpace space, int[] combination)
    {
        int[] scales = [.. combination.Select(lane => space.Lanes[lane].Scale).Distinct().Order()];
        return options with
        {
            Backbones =
            [
                .. combination.Select(lane => space.Lanes[lane].Network).DistinctBy(network => network.Sha256),
            ],
            Scales = scales.Length > 1 ? scales : [],
            ResizeSize = scales.Length > 1 ? options.ResizeSize : scales[0],
        };
    }
}
