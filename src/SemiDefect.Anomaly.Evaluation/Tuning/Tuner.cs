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
    private const double MostCostlyVariant = 4;

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
        (int width, int height) = (first.Width, first.Height);
        IReadOnlyList<BackboneFile> networks = options.OpenBackbones();
        var space = TuningSpace.Of(
            options,
            networks,
            BackboneFile.Embedded.Contains(OtherNetwork) ? BackboneFile.Open(OtherNetwork) : null,
            (width, height),
            good.Count,
            tuning.MaxCost,
            tuning.IsFull);
        int turns = options.Plans(networks[0].Input).First().LearnedTurns;
        InspectionCost plain = Sum(networks.Select(one => InspectionCost.Of(options, one, width, height, good.Count)));
        var effort = new TuningEffort(turns, plain, good.Count, learned.Length);
        tuning = tuning with { KindsPerSize = effort.KindsPerSize(space.Costs, tuning, heldOut.Length) };
        var round = new TuningRound(good, tuning, options.Threshold, options.Fusion, progress, cancellationToken);
        TuningRoundResult result = round.Run(
            [],
            [.. space.Lanes.Select(lane => lane.ToOptions(options))],
            space.Combinations,
            [.. space.Costs.Select(cost => cost.Total)],
            combination => Describe(space, combination, null));
        foreach ((InspectionCost cost, int inspections) in space.Costs.Zip(result.Inspections))
        {
            effort.Add(cost, inspections);
        }

        int[] best = space.Combinations[result.Chosen];
        FitOptions chosen = result.Chosen == 0 && space.HasDefault ? options : WithLanes(options, space, best);
        var record = new TuningRecord
        {
            Learned = learned.Length,
            HeldOut = heldOut.Length,
            Sizes = TrialPlan.Sizes(Math.Min(width, height), tuning.Sizes),
            Chosen = result.Chosen,
            Candidates = result.Candidates,
            MaxCost = tuning.MaxCost,
        };
        if (tuning.IsFull)
        {
            (chosen, record) = Vary(
                round, space, best, result, (chosen, record), options, (width, height, good.Count), effort);
        }

        record = record with { Effort = effort.Multiple };
        return new TuningResult(chosen with { Tuning = record }, record);
    }

    // Other ways to score, one at a time, with the networks and sizes of the first round as what stays by default.
    private static (FitOptions Chosen, TuningRecord Record) Vary(
        TuningRound round,
        TuningSpace space,
        int[] lanes,
        TuningRoundResult first,
        (FitOptions Chosen, TuningRecord Record) before,
        FitOptions options,
        (int Width, int Height, int Images) good,
        TuningEffort effort)
    {
        InspectionCost[] Costs(Func<FitOptions, FitOptions> change) =>
        [
            .. lanes.Select(lane => InspectionCost.Of(
                change(space.Lanes[lane].ToOptions(options)),
                space.Lanes[lane].Network,
                good.Width,
                good.Height,
                good.Images) ?? default),
        ];
        InspectionCost[] own = Costs(fit => fit);
        double most = Math.Min(
            MostCostlyVariant * own.Sum(cost => (double)cost.Total), before.Record.MaxCost ?? double.PositiveInfinity);
        TuningVariant[] variants =
        [
            .. TuningVariant.Of(options).Where(variant => Costs(variant.Apply).Sum(cost => (double)cost.Total) <= most),
        ];
        if (variants.Length == 0)
        {
            return before;
        }

        InspectionCost[] costs = [.. variants.SelectMany(variant => Costs(variant.Apply))];
        TuningRoundResult second = round.Run(
            [.. lanes.Select(lane => first.Scores[lane])],
            [
                .. from variant in variants
                   from lane in lanes
                   select variant.Apply(space.Lanes[lane].ToOptions(options)),
            ],
            [
                .. Enumerable.Range(0, variants.Length + 1)
                    .Select(i => (int[])[.. Enumerable.Range(i * lanes.Length, lanes.Length)]),
            ],
            [.. own.Concat(costs).Select(cost => cost.Total)],
            combination => Describe(
                space, lanes, combination[0] == 0 ? null : variants[combination[0] / lanes.Length - 1].Change));
        foreach ((InspectionCost cost, int inspections) in costs.Zip(second.Inspections))
        {
            effort.Add(cost, inspections);
        }

        TuningRecord record = before.Record with
        {
            Candidates = [.. before.Record.Candidates, .. second.Candidates.Skip(1)],
        };
        return second.Chosen == 0
            ? (before.Chosen, record)
            : (
                variants[second.Chosen - 1].Apply(before.Chosen),
                record with { Chosen = before.Record.Candidates.Count + second.Chosen - 1 });
    }

    private static (IReadOnlyList<string> Networks, IReadOnlyList<int> Scales, string? Change) Describe(
        TuningSpace space, int[] lanes, string? change) => (
        [.. lanes.Select(lane => space.Lanes[lane].Network.Name).Distinct()],
        [.. lanes.Select(lane => space.Lanes[lane].Scale).Distinct().Order()],
        change);

    private static InspectionCost Sum(IEnumerable<InspectionCost?> costs) =>
        costs.Aggregate((InspectionCost?)default(InspectionCost), (sum, cost) => sum + cost) ?? default;

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
