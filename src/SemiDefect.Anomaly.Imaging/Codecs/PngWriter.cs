using SixLabors.ImageSharp;
using SixLabors.ImageSharp.Formats.Png;
using SixLabors.ImageSharp.PixelFormats;
using Picture = SixLabors.ImageSharp.Image;

namespace SemiDefect.Anomaly.Imaging.Codecs;

/// <summary>
/// Writes 8-bit PNG files (ISO/IEC 15948), grey or RGB, not interlaced, without any chunk that says when or by whom.
/// The same pixels give the same bytes on every machine. Thread-safe: nothing is kept.
/// </summary>
/// <remarks>
/// The only place that uses ImageSharp, and for PNG alone: its JPEG and WebP encoders give other bytes where the
/// processor has other vector instructions. It never decodes anything.
/// </remarks>
public static class PngWriter
{
    // Knows no format, so that nothing can be decoded by it.
    private static readonly Configuration Bare = new();

    /// <summary>Writes one picture.</summary>
    /// <param name="stream">Where to write; left open.</param>
    /// <param name="width">Pixels per row, at least 1.</param>
    /// <param name="height">Rows, at least 1.</param>
    /// <param name="channels">1 (grey) or 3 (R, G, B interleaved).</param>
    /// <param name="pixels">height x width x channels bytes, row by row from the top.</param>
    /// <exception cref="ArgumentException">The sizes are impossible, or the length does not fit them.</exception>
    /// <exception cref="IOException">The stream refuses.</exception>
    public static void Write(Stream stream, int width, int height, int channels, ReadOnlySpan<byte> pixels)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        if (channels is not (1 or 3))
        {
            throw new ArgumentOutOfRangeException(nameof(channels), channels, "A picture has 1 or 3 channels.");
        }

        long needed = (long)width * height * channels;
        if (pixels.Length != needed)
        {
            throw new ArgumentException(
                $"A {width} x {height} picture of {channels} channels needs {needed} bytes, got {pixels.Length}.",
                nameof(pixels));
        }

        if (channels == 1)
        {
            Encode<L8>(stream, width, height, pixels, PngColorType.Grayscale);
        }
        else
        {
            Encode<Rgb24>(stream, width, height, pixels, PngColorType.Rgb);
        }
    }

    private static unsafe void Encode<TPixel>(
        Stream stream, int width, int height, ReadOnlySpan<byte> pixels, PngColorType colors)
        where TPixel : unmanaged, IPixel<TPixel>
    {
        // Everything that decides is set here, so that no other default of a later version changes a file.
        // Level 5 takes half the time of level 6, and its files are 2 to 3 % larger.
        var encoder = new PngEncoder
        {
            BitDepth = PngBitDepth.Bit8,
            ColorType = colors,
            CompressionLevel = PngCompressionLevel.Level5,
            FilterMethod = PngFilterMethod.Adaptive,
            InterlaceMethod = PngInterlaceMode.None,
            TransparentColorMode = PngTransparentColorMode.Preserve,
            ChunkFilter = PngChunkFilter.ExcludeAll,
            IgnoreMetadata = true,
        };
        fixed (byte* start = pixels)
        {
            // Wrapped, not copied: a picture may take a good part of the memory.
            using var picture = Picture.WrapMemory<TPixel>(Bare, start, width, height);
            encoder.Encode(picture, stream);
        }
    }
}
