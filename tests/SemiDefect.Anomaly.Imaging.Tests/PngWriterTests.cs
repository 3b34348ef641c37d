using System.Buffers.Binary;
using CsCheck;
using SemiDefect.Anomaly.Imaging.Codecs;
using SkiaSharp;

namespace SemiDefect.Anomaly.Imaging.Tests;

public class PngWriterTests
{
    [Fact]
    public void Another_decoder_reads_back_the_pixels_that_were_written() =>
        (from width in Gen.Int[1, 70]
         from height in Gen.Int[1, 40]
         from channels in Gen.Bool.Select(color => color ? 3 : 1)
         from values in Gen.OneOf(Gen.Byte, Gen.Bool.Select(isSet => isSet ? byte.MaxValue : byte.MinValue), Gen.Byte[100, 104]).Array[width * height * channels]
         select (width, height, channels, values)).Sample(
            picture => AssertDecodes(picture.width, picture.height, picture.channels, picture.values), iter: 300);

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Large_smooth_and_flat_pictures_are_read_back_too(int channels)
    {
        const int Width = 641;
        const int Height = 503;
        byte[] pixels = new byte[Width * Height * channels];
        for (int i = 0; i < pixels.Length; i++)
        {
            int x = i / channels % Width;
            int y = i / channels / Width;
            pixels[i] = (byte)(y < 200 ? (x + 2 * y) / 7 + i % channels : y < 300 ? 17 : x * y);
        }

        AssertDecodes(Width, Height, channels, pixels);
    }

    [Fact]
    public void The_same_pixels_give_the_same_bytes()
    {
        byte[] pixels = [.. Enumerable.Range(0, 64 * 64 * 3).Select(i => (byte)(i * i / 5))];
        Assert.Equal(Encode(64, 64, 3, pixels), Encode(64, 64, 3, pixels));
    }

    [Fact]
    public void A_file_holds_the_three_critical_chunks_and_nothing_else()
    {
        byte[] file = Encode(5, 4, 1, new byte[20]);
        var types = new List<string>();
        for (int at = 8; at < file.Length; at += 12 + BinaryPrimitives.ReadInt32BigEndian(file.AsSpan(at)))
        {
            types.Add(System.Text.Encoding.ASCII.GetString(file, at + 4, 4));
        }

        Assert.Equal(["IHDR", "IDAT", "IEND"], types);
    }

    [Fact]
    public void Impossible_sizes_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Encode(0, 1, 1, []));
        Assert.Throws<ArgumentOutOfRangeException>(() => Encode(1, 0, 1, []));
        Assert.Throws<ArgumentOutOfRangeException>(() => Encode(1, 1, 2, new byte[2]));
        Assert.Throws<ArgumentException>(() => Encode(2, 2, 3, new byte[11]));
    }

    private static byte[] Encode(int width, int height, int channels, byte[] pixels)
    {
        using var stream = new MemoryStream();
        PngWriter.Write(stream, width, height, channels, pixels);
        return stream.ToArray();
    }

    private static void AssertDecodes(int width, int height, int channels, byte[] pixels)
    {
        using SKBitmap bitmap = SKBitmap.Decode(Encode(width, height, channels, pixels), new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        Assert.Equal((width, height), (bitmap.Width, bitmap.Height));
        ReadOnlySpan<byte> decoded = bitmap.GetPixelSpan();
        for (int i = 0; i < width * height; i++)
        {
            for (int channel = 0; channel < 3; channel++)
            {
                Assert.Equal(pixels[channels == 1 ? i : i * 3 + channel], decoded[i * 4 + channel]);
            }
        }
    }
}
