using SemiDefect.Anomaly.Sources;

namespace SemiDefect.Anomaly.Detection;

/// <summary>
/// Chooses the working sizes of a fit from the size of the good images: one at which the network sees the whole part,
/// and one for details. The aspect is always kept. Stateless; depends on the images and the options only.
/// </summary>
/// <remarks>
/// The shorter side becomes 256 pixels for the whole, and half of its own size, but 512 to 1536 pixels, for details. So
/// small images are enlarged, which finds more small defects (docs/detection.md has the figures). Beyond 1024 x 1024
/// working pixels the image is inspected in tiles.
/// </remarks>
internal static class WorkingSizes
{
    /// <summary>The working size for the whole part, in pixels of the shorter side.</summary>
    public const int Whole = 256;

    private const int SmallestDetail = 512;
    private const int LargestDetail = 1536;
    private const int Step = 64;
    private const int Tile = 1024;
    private const int TileOverlap = 128;
    private const int Samples = 5;

    /// <summary>The same options with working sizes; unchanged if the options name one.</summary>
    /// <exception cref="SemiDefectException">An image cannot be read.</exception>
    public static FitOptions Choose(FitOptions options, IImageSource good, CancellationToken cancellationToken)
    {
        if (!options.HasAutomaticSize)
        {
            return options;
        }

        // Several sizes do not go with a bank per fold, and a crop would show each size another part. One image has
        // a score, which brings the sizes to a common scale, only where it is scored by its own turned copies.
        if (options.FoldBanks || options.Crop is not null || (good.Count < 2 && !FewImages.IsFor(options, good.Count)))
        {
            return options with { ResizeSize = Whole };
        }

        (int Width, int Height)[] sizes =
        [
            .. Enumerable.Range(0, Math.Min(Samples, good.Count))
                .Select(i => (int)((long)i * good.Count / Math.Min(Samples, good.Count)))
                .Select(index => good.Read(index, cancellationToken))
                .Select(image => (options.Region?.Width ?? image.Width, options.Region?.Height ?? image.Height))
                .OrderBy(size => Math.Min(size.Item1, size.Item2)),
        ];
        (int width, int height) = sizes[sizes.Length / 2];
        int shorter = Math.Min(width, height);
        int detail = Math.Clamp(shorter / 2 / Step * Step, SmallestDetail, LargestDetail);
        long longer = (long)detail * Math.Max(width, height) / shorter;
        bool isTiled = options.Tile == 0 && detail * longer > (long)Tile * Tile;
        return options with
        {
            Scales = [Whole, detail],
            Tile = isTiled ? Tile : options.Tile,
            TileOverlap = isTiled ? TileOverlap : options.TileOverlap,
        };
    }
}
