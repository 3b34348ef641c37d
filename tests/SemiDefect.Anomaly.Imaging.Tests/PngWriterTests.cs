using System.Buffers.Binary;
using System.Security.Cryptography;
using CsCheck;
using SemiDefect.Anomaly.Imaging.Codecs;
using SemiDefect.Anomaly.Search.Numerics;
using SemiDefect.Anomaly.TestSupport;
using SkiaSharp;

namespace SemiDefect.Anomaly.Imaging.Tests;

public class PngWriterTests
{
    [Fact]
    public void Two_decoders_read_back_the_pixels_that_were_written() =>
        (from width in Gen.Int[1, 70]
         from height in Gen.Int[1, 40]
         from channels in Gen.Bool.Select(color => color ? 3 : 1)
         from values in Gen.OneOf(
             Gen.Byte,
             Gen.Bool.Select(isSet => isSet ? byte.MaxValue : byte.MinValue),
             Gen.Byte[100, 104]).Array[width * height * channels]
         select (width, height, channels, values)).Sample(
            picture => AssertDecodes(picture.width, picture.height, picture.channels, picture.values), iter: 300);

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [Trait("Speed", "Slow")]
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
    public void A_picture_of_one_color_is_small_and_read_back()
    {
        byte[] file = Encode(3000, 2000, 3, new byte[3 * 3000 * 2000]);
        Assert.InRange(file.Length, 1, 60_000);
        Assert.Equal(-1, ImageFile.Decode(file, "flat.png").Rgb.IndexOfAnyExcept((byte)0));
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public void The_bytes_do_not_depend_on_the_instruction_sets()
    {
        byte[] expected = DigestOfMany();
        foreach (string setting in IntrinsicsRunner.Settings)
        {
            Assert.Equal(expected, IntrinsicsRunner.Run(DigestOfMany, setting));
        }
    }

    [Fact]
    public void The_bytes_do_not_depend_on_what_runs_beside()
    {
        byte[] expected = DigestOfMany();
        byte[][] digests = new byte[8][];
        Parallel.For(0, digests.Length, i => digests[i] = DigestOfMany());
        Assert.All(digests, digest => Assert.Equal(expected, digest));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void A_file_holds_the_three_critical_chunks_and_nothing_else(int channels)
    {
        var generator = new SeededGenerator(3);
        byte[] pixels = [.. Enumerable.Range(0, 300 * 400 * channels).Select(_ => (byte)generator.NextUInt64())];
        byte[] file = Encode(300, 400, channels, pixels);
        var types = new List<string>();
        for (int at = 8; at < file.Length; at += 12 + BinaryPrimitives.ReadInt32BigEndian(file.AsSpan(at)))
        {
            types.Add(System.Text.Encoding.ASCII.GetString(file, at + 4, 4));
        }

        // Bit depth 8, color type, and no interlacing.
        Assert.Equal([8, (byte)(channels == 1 ? 0 : 2), 0, 0, 0], file[24..29]);
        Assert.Equal(["IHDR", "IDAT", "IEND"], types.Distinct());
        Assert.Equal(("IHDR", "IEND"), (types[0], types[^1]));
    }

    [Fact]
    public void The_stream_stays_open_and_what_it_held_stays()
    {
        using var stream = new MemoryStream();
        stream.WriteByte(7);
        PngWriter.Write(stream, 2, 1, 1, [1, 2]);
        stream.WriteByte(9);
        Assert.Equal([7, .. Encode(2, 1, 1, [1, 2]), 9], stream.ToArray());
    }

    [Fact]
    public void Impossible_sizes_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Encode(0, 1, 1, []));
        Assert.Throws<ArgumentOutOfRangeException>(() => Encode(1, 0, 1, []));
        Assert.Throws<ArgumentOutOfRangeException>(() => Encode(1, 1, 2, new byte[2]));
        Assert.Throws<ArgumentException>(() => Encode(2, 2, 3, new byte[11]));
    }

    /// <summary>The hash of many images: noisy, smooth and two-valued, so that every filter is used.</summary>
    private static byte[] DigestOfMany()
    {
        var generator = new SeededGenerator(17);
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (int i = 0; i < 96; i++)
        {
            int width = 1 + generator.NextInt32(140);
            int height = 1 + generator.NextInt32(60);
            int channels = i % 2 == 0 ? 3 : 1;
            byte[] pixels = new byte[width * height * channels];
            for (int at = 0; at < pixels.Length; at++)
            {
                int noise = generator.NextInt32(256);
                pixels[at] = (byte)(i % 4 < 2 ? noise : i % 8 < 4 ? noise / 128 * 255 : at / channels * 3 + noise / 64);
            }

            digest.AppendData(Encode(width, height, channels, pixels));
        }

        return digest.GetHashAndReset();
    }

    private static byte[] Encode(int width, int height, int channels, byte[] pixels)
    {
        using var stream = new MemoryStream();
        PngWriter.Write(stream, width, height, channels, pixels);
        return stream.ToArray();
    }

    /// <summary>Decoded by our own reader and by an independent one.</summary>
    private static void AssertDecodes(int width, int height, int channels, byte[] pixels)
    {
        byte[] file = Encode(width, height, channels, pixels);
        Image image = ImageFile.Decode(file, "written.png");
        var layout = new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque);
        using SKBitmap bitmap = SKBitmap.Decode(file, layout);
        Assert.Equal((width, height), (bitmap.Width, bitmap.Height));
        Assert.Equal((width, height), (image.Width, image.Height));
        ReadOnlySpan<byte> decoded = bitmap.GetPixelSpan();
        for (int i = 0; i < width * height; i++)
        {
            for (int channel = 0; channel < 3; channel++)
            {
                byte expected = pixels[channels == 1 ? i : i * 3 + channel];
                Assert.Equal(expected, decoded[i * 4 + channel]);
                Assert.Equal(expected, image.Rgb[i * 3 + channel]);
            }
        }
    }
}
