using SemiDefect.Anomaly.Encoders;
using SemiDefect.Anomaly.Views;

namespace SemiDefect.Anomaly.Evaluation.Tuning;

/// <summary>
/// What is tried: the networks of the options and one more, at the working sizes of the options and twice the only one,
/// in all combinations. Immutable and thread-safe.
/// </summary>
internal sealed class TuningSpace
{
    // A lane that costs more than this many times the default's networks at all sizes would take most of the time.
    private const double LargestLane = 1.5;

    private TuningSpace(
        IReadOnlyList<TuningLane> lanes,
        IReadOnlyList<InspectionCost> costs,
        IReadOnlyList<int[]> combinations,
        bool hasDefault)
    {
        Lanes = lanes;
        Costs = costs;
        Combinations = combinations;
        HasDefault = hasDefault;
    }

    /// <summary>The lanes to fit.</summary>
    public IReadOnlyList<TuningLane> Lanes { get; }

    /// <summary>What an inspection by each lane costs; 0 where a network does not tell.</summary>
    public IReadOnlyList<InspectionCost> Costs { get; }

    /// <summary>
    /// Positions of lanes, the default first; where it is above the limit, what of it is most costly within.
    /// </summary>
    public IReadOnlyList<int[]> Combinations { get; }

    /// <summary>Whether the first combination is what the options say.</summary>
    public bool HasDefault { get; }

    /// <summary>Makes the space.</summary>
    /// <param name="options">The options to fit with without tuning.</param>
    /// <param name="networks">The networks of the options.</param>
    /// <param name="more">Another network to try; null for none.</param>
    /// <param name="size">The size of a picture.</param>
    /// <param name="images">The number of good images to train on in the end.</param>
    /// <param name="maxCost">The most multiply-adds per inspection; null for no limit.</param>
    /// <param name="isFull">Whether a size between the two smallest is tried as well.</param>
    /// <exception cref="SemiDefectException">Nothing is within the limit, or a cost is not known.</exception>
    public static TuningSpace Of(
        FitOptions options,
        IReadOnlyList<BackboneFile> networks,
        BackboneFile? more,
        (int Width, int Height) size,
        int images,
        long? maxCost,
        bool isFull = false)
    {
        int[] scales = options.Scales.Count > 0 ? [.. options.Scales.Order()] : [options.ResizeSize];
        int[] allScales = scales.Length > 1 || 2 * scales[0] > PreprocessingOptions.MaxSize
            ? scales
            : [scales[0], 2 * scales[0]];
        int between = 3 * allScales[0] / 2;
        allScales = isFull && between < PreprocessingOptions.MaxSize && !allScales.Contains(between)
            ? [.. allScales.Append(between).Order()]
            : allScales;
        BackboneFile[] allNetworks = more is null || networks.Any(network => network.Sha256 == more.Sha256)
            ? [.. networks]
            : [.. networks, more];
        TuningLane[] every =
            [.. from network in allNetworks from scale in allScales select new TuningLane(network, scale)];
        InspectionCost Cost(TuningLane lane) => lane.Cost(options, size.Width, size.Height, images)
            ?? (maxCost is null ? default : throw CostLimit.Unknown(lane.Network.Name));
        bool IsOwn(TuningLane lane) => networks.Any(network => network.Sha256 == lane.Network.Sha256);
        double limit = LargestLane * every.Where(IsOwn).Sum(lane => Cost(lane).Networks);
        TuningLane[] lanes =
        [
            .. every.Where(lane => IsOwn(lane) || Cost(lane).Networks <= limit)
                .Where(lane => maxCost is null || Cost(lane).Total <= maxCost),
        ];
        if (lanes.Length == 0)
        {
            throw CostLimit.TooLow(maxCost!.Value, every.Select(Cost).MinBy(cost => cost.Total));
        }

        long CostOf(int[] combination) => combination.Sum(lane => Cost(lanes[lane]).Total);
        bool IsWithin(int[] combination) =>
            !combination.Contains(-1) && (maxCost is null || CostOf(combination) <= maxCost);
        int[] Product(IEnumerable<BackboneFile> some, IEnumerable<int> sizes) =>
        [
            .. from network in some
               from scale in sizes
               select Array.FindIndex(lanes, lane => lane.IsOf(network, scale)),
        ];
        int[][] within =
        [
            .. from some in Subsets(allNetworks)
               from sizes in Subsets(allScales)
               let combination = Product(some, sizes)
               where IsWithin(combination)
               orderby CostOf(combination)
               select combination,
        ];
        int[] byDefault = Product(networks, scales);
        bool hasDefault = IsWithin(byDefault);
        int[] first = hasDefault
            ? byDefault
            : within.LastOrDefault(combination => combination.All(lane => IsOwn(lanes[lane]))) ?? within[^1];
        return new TuningSpace(
            lanes,
            [.. lanes.Select(Cost)],
            [first, .. within.Where(combination => !combination.Order().SequenceEqual(first.Order()))],
            hasDefault);
    }

    private static IEnumerable<T[]> Subsets<T>(T[] items) =>
        from bits in Enumerable.Range(1, (1 << items.Length) - 1)
        select items.Where((_, i) => (bits >> i & 1) == 1).ToArray();
}
