using SemiDefect.Anomaly.Search.Coresets;

namespace SemiDefect.Anomaly.Banks;

/// <summary>
/// The default size of memory banks: a tenth of the patches, limited by what an inspection may take. Stateless.
/// </summary>
/// <remarks>
/// With many good images, a small bank misses some of what is normal (docs/detection.md has the figures). An inspection
/// compares all patches of an image with the bank, so the limit is on that product.
/// </remarks>
internal static class BankLimit
{
    private const double Share = 0.1;
    private const int Least = 20_000;
    private const int Most = 80_000;

    /// <summary>The number of patches of an image from which on the limit is the least.</summary>
    private const int Patches = 4096;

    /// <summary>A tenth of the patches, but at most 20,000.</summary>
    public static CoresetOptions Default { get; } = new(fraction: Share) { Maximum = Least };

    /// <summary>All patches, but at most 20,000: for few images.</summary>
    public static CoresetOptions All { get; } = new(fraction: 1) { Maximum = Least };

    /// <summary>Whether the options are <see cref="Default"/>.</summary>
    public static bool IsDefault(CoresetOptions coreset) =>
        coreset is { Fraction: Share, Maximum: Least, CoveringRadius: null };

    /// <summary>The same options; if they are the default, with the limit for a number of patches per image.</summary>
    /// <param name="coreset">The options.</param>
    /// <param name="patches">The number of patches by which an image is inspected.</param>
    /// <param name="memory">The memory limit in bytes; less than the default leaves the least limit.</param>
    public static CoresetOptions For(CoresetOptions coreset, double patches, long memory)
    {
        return !IsDefault(coreset) || memory < MemoryPlan.Default
            ? coreset
            : coreset.With((int)Math.Clamp((double)Least * Patches / Math.Max(1, patches), Least, Most));
    }
}
