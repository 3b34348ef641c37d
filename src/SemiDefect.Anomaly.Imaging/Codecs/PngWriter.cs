using SixLabors.ImageSharp;
using SixLabors.ImageSharp.Formats.Png;
using SixLabors.ImageSharp.PixelFormats;
using Picture = SixLabors.ImageSharp.Image;

namespace SemiDefect.Anomaly.Imaging.Codecs;

/// <summary>
/// Writes 8-bit PNG files (ISO/IEC 15948), gray or RGB, not interlaced, without timestamps or names. The same pixels
/// give the same bytes on every machine. Stateless.
/// </summary>
/// <remarks>
/// The only use of ImageSharp, and for PNG only: the bytes of its JPEG and WebP encoders depend on the vector
/// instructions of the processor. It never decodes anything.
/// </remarks>
public static class PngWriter
{
    // Without any format, so that it cannot be used to decode.
    private static readonly Configuration Bare = new();

    /// <summary>Writes one image.</summary>
    /// <param name="stream">The target; left open.</param>
    /// <param name="width">Pixels per row, at least 1.</param>
    /// <param name="height">Rows, at least 1.</param>
    /// <param name="channels">1 (gray) or 3 (R, G, B interleaved).</param>
    /// <param name="pixels">height x width x channels bytes, row by row from the top.</param>
    /// <exception cref="ArgumentException">A size is invalid, or the number of bytes does not match it.</exception>
    /// <exception cref="IOException">The stream cannot be written.</exception>
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
        // Every option is set here, so that changed defaults of a later version do not change the files. Level 5 takes
        // half the time of level 6, and its files are 2 to 3 % larger.
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
            // Wrapped, not copied: an image may be large.
            using var picture = Picture.WrapMemory<TPixel>(Bare, start, width, height);
            encoder.Encode(picture, stream);
        }
    }
}
