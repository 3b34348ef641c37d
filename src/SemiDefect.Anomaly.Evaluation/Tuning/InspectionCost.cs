using SemiDefect.Anomaly.Encoders;
using SemiDefect.Anomaly.Views;

namespace SemiDefect.Anomaly.Evaluation.Tuning;

/// <summary>
/// What an inspection costs in multiply-adds: a count that follows from the options, the size and the number of the
/// images, the same on every machine. Immutable and thread-safe.
/// </summary>
/// <param name="Networks">The multiply-adds of the networks for all views, by their manifests.</param>
/// <param name="Search">
/// An upper bound of those of the search: the patches of all views times the values per patch times the rows of the
/// memory bank, and with whitening or a projection the map of each patch. The exact search skips most of them.
/// </param>
public readonly record struct InspectionCost(long Networks, long Search)
{
    private const long PixelsOfManifest = 224 * 224;

    /// <summary>Both together.</summary>
    public long Total => Networks + Search;

    /// <summary>The sum of two costs.</summary>
    public static InspectionCost operator +(InspectionCost one, InspectionCost other) =>
        new(one.Networks + other.Networks, one.Search + other.Search);

    /// <summary>The cost of inspecting with a network at all working sizes of the options.</summary>
    /// <param name="options">The options of a fit, with working sizes that are not automatic.</param>
    /// <param name="network">The network.</param>
    /// <param name="width">Pixels per row of an image.</param>
    /// <param name="height">Rows of an image.</param>
    /// <param name="images">The number of good images to train on.</param>
    /// <returns>The cost; null if the network's manifest does not state it.</returns>
    internal static InspectionCost? Of(
        FitOptions options, BackboneFile network, int width, int height, int images)
    {
        if (network.Manifest is not { MultiplyAdds224: > 0 } manifest || TapsOf(options, manifest) is not { } taps)
        {
            return null;
        }

        int stride = taps.Min(tap => tap.Stride);
        long values = options.Patches.Pooling == PatchPooling.AdaptiveMean
            ? options.Patches.TargetDimension
            : taps.Sum(tap => tap.Channels);
        long projection = 0;
        if (options.Projection is { } asked)
        {
            long kept = Math.Min(asked.Dimension ?? ProjectionOptions.DefaultDimension, values);
            (projection, values) = (values * kept, kept);
        }

        long whitening = options.Whitening ? values * (values + 1) / 2 : 0;
        var sum = default(InspectionCost);
        foreach (ViewPlan plan in options.Plans(network.Input))
        {
            IReadOnlyList<View> views = plan.ToInspect(width, height);
            long pixels = views.Sum(view => (long)view.Width * view.Height);
            long patches = views.Sum(view => Patches(view, stride));
            long learned = plan.ToLearn(width, height).Sum(view => Patches(view, stride)) * images;
            long rows = options.CoresetFor(patches).TargetCount((int)Math.Min(int.MaxValue, learned));
            sum += new InspectionCost(
                (long)(manifest.MultiplyAdds224 / (double)PixelsOfManifest * pixels),
                patches * (rows * values + whitening + projection));
        }

        return sum;
    }

    private static long Patches(View view, int stride)
    {
        int rows = (view.Height + stride - 1) / stride;
        int columns = (view.Width + stride - 1) / stride;
        return view.ValidPatches(rows, columns)?.Length ?? (long)rows * columns;
    }

    private static BackboneTap[]? TapsOf(FitOptions options, BackboneManifest manifest)
    {
        bool HasAll(IReadOnlyList<string> names) =>
            names.Count > 0 && names.All(name => manifest.Taps.Any(tap => tap.Name == name));
        IReadOnlyList<string> names = options.Taps.Count > 0 ? options.Taps
            : HasAll(options.PreferredTaps) ? options.PreferredTaps
            : manifest.DefaultTaps;
        return HasAll(names) ? [.. manifest.Taps.Where(tap => names.Contains(tap.Name))] : null;
    }
}
