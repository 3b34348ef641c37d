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

    private TuningSpace(IReadOnlyList<TuningLane> lanes, IReadOnlyList<int[]> combinations)
    {
        Lanes = lanes;
        Combinations = combinations;
    }

    /// <summary>The lanes to fit.</summary>
    public IReadOnlyList<TuningLane> Lanes { get; }

    /// <summary>Positions of lanes, the default first.</summary>
    public IReadOnlyList<int[]> Combinations { get; }

    /// <summary>Makes the space.</summary>
    /// <param name="options">The options to fit with without tuning.</param>
    /// <param name="networks">The networks of the options.</param>
    /// <param name="more">Another network to try; null for none.</param>
    /// <param name="width">Pixels per row of a picture.</param>
    /// <param name="height">Rows of a picture.</param>
    public static TuningSpace Of(
        FitOptions options,
        IReadOnlyList<BackboneFile> networks,
        BackboneFile? more,
        int width,
        int height)
    {
        int[] scales = options.Scales.Count > 0 ? [.. options.Scales.Order()] : [options.ResizeSize];
        int[] allScales = scales.Length > 1 || 2 * scales[0] > PreprocessingOptions.MaxSize
            ? scales
            : [scales[0], 2 * scales[0]];
        BackboneFile[] allNetworks = more is null || networks.Any(network => network.Sha256 == more.Sha256)
            ? [.. networks]
            : [.. networks, more];
        TuningLane[] every =
            [.. from network in allNetworks from scale in allScales select new TuningLane(network, scale)];
        long Cost(TuningLane lane) => lane.MultiplyAdds(options, width, height);
        bool IsOwn(TuningLane lane) => networks.Any(network => network.Sha256 == lane.Network.Sha256);
        double limit = LargestLane * every.Where(IsOwn).Sum(Cost);
        TuningLane[] lanes = [.. every.Where(lane => IsOwn(lane) || Cost(lane) <= limit)];
        int[] Product(IEnumerable<BackboneFile> some, IEnumerable<int> sizes) =>
        [
            .. from network in some
               from scale in sizes
               select Array.FindIndex(lanes, lane => lane.IsOf(network, scale)),
        ];
        int[] byDefault = Product(networks, scales);
        return new TuningSpace(
            lanes,
            [
                byDefault,
                .. from some in Subsets(allNetworks)
                   from sizes in Subsets(allScales)
                   let combination = Product(some, sizes)
                   where !combination.Contains(-1) && !combination.Order().SequenceEqual(byDefault.Order())
                   orderby combination.Sum(lane => Cost(lanes[lane]))
                   select combination,
            ]);
    }

    private static IEnumerable<T[]> Subsets<T>(T[] items) =>
        from bits in Enumerable.Range(1, (1 << items.Length) - 1)
        select items.Where((_, i) => (bits >> i & 1) == 1).ToArray();
}
