namespace SemiDefect.Anomaly.Imaging;

/// <summary>
/// The maximum size of an image, checked against the file length and the header before any pixel is allocated.
/// Immutable and thread-safe.
/// </summary>
public sealed record ImageLimits
{
    /// <summary>The maximum number of pixels along either side.</summary>
    public const int MaxSide = 65_535;

    /// <summary>The maximum value of <see cref="MaxPixels"/>: three bytes per pixel in one array.</summary>
    public const long LargestMaxPixels = 700_000_000;

    /// <summary>Creates limits.</summary>
    /// <param name="maxFileBytes">The maximum file size in bytes, 1 to 2,147,483,591; 512 MiB by default.</param>
    /// <param name="maxPixels">
    /// The maximum number of pixels (width x height), 1 to <see cref="LargestMaxPixels"/>; 200 million by default.
    /// </param>
    /// <exception cref="SemiDefectException">A limit is out of range.</exception>
    public ImageLimits(long maxFileBytes = 512L << 20, long maxPixels = 200_000_000)
    {
        if (maxFileBytes < 1 || maxFileBytes > Array.MaxLength)
        {
            throw new SemiDefectException(
                $"The limit of {maxFileBytes} bytes per image file is out of range; use 1 to {Array.MaxLength}.");
        }

        if (maxPixels is < 1 or > LargestMaxPixels)
        {
            throw new SemiDefectException(
                $"The limit of {maxPixels} pixels per image is out of range; use 1 to {LargestMaxPixels}.");
        }

        MaxFileBytes = maxFileBytes;
        MaxPixels = maxPixels;
    }

    /// <summary>512 MiB and 200 million pixels.</summary>
    public static ImageLimits Default { get; } = new();

    /// <summary>The maximum file size in bytes.</summary>
    public long MaxFileBytes { get; }

    /// <summary>The maximum number of pixels (width x height).</summary>
    public long MaxPixels { get; }

    /// <summary>Rejects an invalid size claimed by a header.</summary>
    /// <exception cref="ImageFormatException">The size is zero or exceeds the limits.</exception>
    internal void Check(string name, long width, long height)
    {
        if (width < 1 || height < 1)
        {
            throw new ImageFormatException(
                $"'{name}' claims a size of {width} x {height} pixels; it is damaged, so export it again.");
        }

        if (width > MaxSide || height > MaxSide)
        {
            throw new ImageFormatException(
                $"'{name}' is {width} x {height} pixels, but a side may have at most {MaxSide}; cut it into pieces.");
        }

        if (width * height > MaxPixels)
        {
            throw new ImageFormatException(
                $"'{name}' is {width} x {height} pixels, more than the limit of {MaxPixels}; shrink it, cut it into "
                    + "pieces, or raise the limit.");
        }
    }
}
