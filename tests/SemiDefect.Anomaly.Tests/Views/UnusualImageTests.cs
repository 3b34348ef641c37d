using System.IO.Compression;
using System.Text;
using SemiDefect.Anomaly.Encoders;
using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.Tests.Serialization;
using SemiDefect.Anomaly.TestSupport;

namespace SemiDefect.Anomaly.Tests.Views;

/// <summary>Unusual but valid images, and decompression bombs.</summary>
public sealed class UnusualImageTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 20_000)]
    [InlineData(20_000, 1)]
    [InlineData(3, 2)]
    public void Images_of_extreme_shape_are_inspected(int width, int height)
    {
        TinyDetector.Make(_folder.Path, _folder.File("a.sdad"));
        byte[] png = Gray(width, height);
        using AnomalyDetector detector =
            AnomalyDetector.Load(_folder.File("a.sdad"), new LoadOptions { Device = ExecutionDevice.Cpu });
        Inspection inspection = detector.Inspect(ImageFile.Decode(png, "a.png"));
        Assert.True(double.IsFinite(inspection.Score));
        Assert.Equal((width, height), (inspection.Map.Width, inspection.Map.Height));
    }

    [Theory]
    [InlineData(".png")]
    [InlineData(".jpg")]
    [InlineData(".bmp")]
    [InlineData(".webp")]
    [InlineData(".tif")]
    public void A_file_of_no_bytes_is_refused_and_a_wrong_extension_does_not_matter(string extension)
    {
        string path = _folder.File("a" + extension);
        File.WriteAllBytes(path, []);
        Assert.Contains(
            "is empty",
            Assert.Throws<ImageFormatException>(() => ImageFile.Read(path)).Message,
            StringComparison.Ordinal);
        foreach (string picture in GoldenImages.Pictures())
        {
            File.Copy(GoldenImages.Path(picture), path, overwrite: true);
            Assert.Equal(ImageFile.Read(GoldenImages.Path(picture)).Rgb, ImageFile.Read(path).Rgb);
        }
    }

    [Fact]
    public void A_color_profile_changes_nothing()
    {
        byte[] profile = [.. Enumerable.Range(0, 500).Select(i => (byte)(i * 7))];
        byte[] png = Gray(9, 7);
        byte[] named = [.. Encoding.ASCII.GetBytes("profile\0"), 0, .. Compressed(profile)];
        byte[] withProfile = [.. png[..33], .. TestPng.Chunk("iCCP", named), .. png[33..]];
        Assert.Equal(ImageFile.Decode(png, "a.png").Rgb, ImageFile.Decode(withProfile, "b.png").Rgb);

        // A profile, valid as far as its header goes, that would swap red and blue if it were applied.
        byte[] jpeg = File.ReadAllBytes(GoldenImages.Path("rgb444.jpg"));
        byte[] segment = [.. Encoding.ASCII.GetBytes("ICC_PROFILE\0"), 1, 1, .. profile];
        byte[] withSegment =
        [
            .. jpeg[..2],
            0xFF,
            0xE2,
            (byte)((segment.Length + 2) >> 8),
            (byte)(segment.Length + 2),
            .. segment,
            .. jpeg[2..]
        ];
        Assert.Equal(ImageFile.Decode(jpeg, "a.jpg").Rgb, ImageFile.Decode(withSegment, "b.jpg").Rgb);
    }

    [Fact]
    public void Thirty_thousand_pixels_square_are_refused_in_every_format_before_allocation()
    {
        byte[] jpeg = File.ReadAllBytes(GoldenImages.Path("gray.jpg"));
        int frame = jpeg.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, 0xC0]);
        ((byte[])[0x75, 0x30, 0x75, 0x30]).CopyTo(jpeg, frame + 5);
        byte[] bmp = File.ReadAllBytes(GoldenImages.Path("rgb24.bmp"));
        BitConverter.GetBytes(30_000).CopyTo(bmp, 18);
        BitConverter.GetBytes(30_000).CopyTo(bmp, 22);
        byte[] png =
        [
            .. TestPng.Signature,
            .. TestPng.Header(30_000, 30_000, 8, 2),
            .. TestPng.Chunk("IDAT", new byte[40]),
            .. TestPng.Chunk("IEND", [])
        ];
        byte[] tiff = new TestTiff { Width = 4, Height = 3, Samples = new ushort[12] }.With(256, 4, 30_000)
            .With(257, 4, 30_000)
            .Encode();

        // WebP holds at most 16,383 pixels a side: 14 bits each, less one (VP8X has 24).
        byte[] webp = File.ReadAllBytes(GoldenImages.Path("lossless.webp"));
        int size = webp.AsSpan().IndexOf("VP8L"u8) + 9;
        webp.AsSpan(size, 3).Fill(0xFF);
        long before = GC.GetAllocatedBytesForCurrentThread();
        foreach (byte[] bytes in (byte[][])[jpeg, bmp, png, tiff, webp])
        {
            Assert.Throws<ImageFormatException>(() => ImageFile.Decode(bytes, "a"));
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 16 << 20);
    }

    [Fact]
    public void Bombs_are_not_unpacked()
    {
        byte[] zeros = new byte[64 << 20];
        byte[] bomb = Compressed(zeros);
        byte[] small = Gray(9, 7);
        byte[] text = [.. Encoding.ASCII.GetBytes("note\0"), 0, .. bomb];
        byte[] inText = [.. small[..33], .. TestPng.Chunk("zTXt", text), .. small[33..]];
        byte[] inPixels =
        [
            .. TestPng.Signature,
            .. TestPng.Header(9, 7, 8, 0),
            .. TestPng.Chunk("IDAT", bomb),
            .. TestPng.Chunk("IEND", [])
        ];
        byte[] inTiff = new TestTiff { Width = 4, Height = 3, Samples = new ushort[12] }.With(259, 3, 8).Encode();
        long before = GC.GetAllocatedBytesForCurrentThread();
        foreach (byte[] bytes in (byte[][])[inText, inPixels, inTiff])
        {
            try
            {
                ImageFile.Decode(bytes, "a");
            }
            catch (ImageFormatException error)
            {
                Assert.DoesNotContain('\n', error.Message);
            }
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4 << 20);
        Assert.Equal(9, ImageFile.Decode(inText, "a").Width);
    }

    private static byte[] Gray(int width, int height) => new TestPng
    {
        Width = width,
        Height = height,
        Depth = 8,
        ColorType = 0,
        Samples = [.. Enumerable.Range(0, width * height).Select(i => (ushort)(i * 37 % 256))],
    }.Encode();

    private static byte[] Compressed(byte[] content)
    {
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Fastest))
        {
            zlib.Write(content);
        }

        return packed.ToArray();
    }
}
