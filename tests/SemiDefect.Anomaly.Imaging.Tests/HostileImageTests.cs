using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using System.IO.Hashing;
using SemiDefect.Anomaly.Search.Numerics;
using SemiDefect.Anomaly.TestSupport;

namespace SemiDefect.Anomaly.Imaging.Tests;

public class HostileImageTests
{
    private const int MutationsPerPicture = 600;
    private const int MutationsPerKind = 170;
    private const string Switch = "SEMIDEFECT_MUTATIONS";

    public static TheoryData<string> Pictures { get; } = [.. GoldenImages.Pictures()];

    [Theory]
    [Trait("Speed", "Slow")]
    [MemberData(nameof(Pictures))]
    public void A_damaged_file_is_decoded_or_rejected_with_a_one_line_message(string name) =>
        Mutilate(name, MutationsPerPicture);

    [Theory]
    [MemberData(nameof(KindsTests.All), MemberType = typeof(KindsTests))]
    [Trait("Speed", "Slow")]
    public void A_damaged_file_of_any_kind_is_decoded_or_rejected_with_a_one_line_message(string name) =>
        Mutilate($"kinds/{name}", MutationsOfAKind());

    // 20,000 for all kinds; the variable gives another number for each kind.
    private static int MutationsOfAKind() => int.Parse(
        Environment.GetEnvironmentVariable(Switch) ?? $"{MutationsPerKind}", CultureInfo.InvariantCulture);

    private static void Mutilate(string name, int mutations)
    {
        byte[] original = File.ReadAllBytes(GoldenImages.Path(name));
        var random = new SeededGenerator(20_240_501);
        var limits = new ImageLimits(maxPixels: 1_000_000);
        for (int i = 0; i < mutations; i++)
        {
            byte[] mutated = Mutate(original, random);
            if (name.EndsWith(".png", StringComparison.Ordinal) && i % 4 != 0)
            {
                RepairChecksums(mutated);
            }

            var watch = Stopwatch.StartNew();
            long allocated = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                ImageFile.Decode(mutated, name, limits);
            }
            catch (ImageFormatException error)
            {
                AssertOneLine(error, name);
            }

            allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
            Assert.True(allocated < 64 << 20, $"Mutation {i} took {allocated} bytes");
            Assert.True(watch.ElapsedMilliseconds < 30_000, $"Mutation {i} took {watch.ElapsedMilliseconds} ms");
        }
    }

    [Fact]
    public void Lying_headers_are_rejected_without_allocating_memory()
    {
        byte[] jpeg = File.ReadAllBytes(GoldenImages.Path("gray.jpg"));
        int frame = jpeg.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, 0xC0]);
        BinaryPrimitives.WriteUInt16BigEndian(jpeg.AsSpan(frame + 5), 12_000);
        BinaryPrimitives.WriteUInt16BigEndian(jpeg.AsSpan(frame + 7), 12_000);
        byte[] bmp = File.ReadAllBytes(GoldenImages.Path("rgb24.bmp"));
        BinaryPrimitives.WriteInt32LittleEndian(bmp.AsSpan(18), 12_000);
        BinaryPrimitives.WriteInt32LittleEndian(bmp.AsSpan(22), 12_000);
        byte[] png =
        [
            .. TestPng.Signature,
            .. TestPng.Header(30_000, 30_000, 8, 2),
            .. TestPng.Chunk("IDAT", new byte[40]),
            .. TestPng.Chunk("IEND", [])
        ];
        byte[] smallerPng =
        [
            .. TestPng.Signature,
            .. TestPng.Header(12_000, 12_000, 8, 2),
            .. TestPng.Chunk("IDAT", new byte[40]),
            .. TestPng.Chunk("IEND", [])
        ];
        byte[] tiff = SmallTiff().With(256, 4, 30_000).With(257, 4, 30_000).Encode();
        long before = GC.GetAllocatedBytesForCurrentThread();
        AssertRefused(jpeg, "ends too early");
        AssertRefused(bmp, "ends too early");
        AssertRefused(png, "limit of 200000000");
        AssertRefused(smallerPng, "ends too early");
        AssertRefused(tiff, "limit of 200000000");
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 16 << 20);
    }

    [Fact]
    public void The_given_limits_apply()
    {
        byte[] bytes = new TestPng
        {
            Width = 9,
            Height = 7,
            Depth = 8,
            ColorType = 0,
            Samples = new ushort[63],
        }.Encode();
        Assert.Equal(9, ImageFile.Decode(bytes, "x", new ImageLimits(bytes.Length, 63)).Width);
        AssertRefused(bytes, "limit of 62", new ImageLimits(maxPixels: 62));
        AssertRefused(bytes, $"limit of {bytes.Length - 1}", new ImageLimits(maxFileBytes: bytes.Length - 1));
        Assert.Throws<SemiDefectException>(() => new ImageLimits(maxFileBytes: 0));
        Assert.Throws<SemiDefectException>(() => new ImageLimits(maxPixels: 0));
        Assert.Throws<SemiDefectException>(() => new ImageLimits(maxPixels: ImageLimits.LargestMaxPixels + 1));
    }

    [Fact]
    public void A_side_beyond_65535_is_rejected() =>
        AssertRefused(
            [
                .. TestPng.Signature,
                .. TestPng.Header(65_536, 1, 1, 0),
                .. TestPng.Chunk("IDAT", new byte[40]),
                .. TestPng.Chunk("IEND", [])
            ],
            "at most 65535");

    [Theory]
    [InlineData(256, 4, 0)]
    [InlineData(257, 4, uint.MaxValue)]
    [InlineData(258, 3, 32)]
    [InlineData(259, 3, 9_999)]
    [InlineData(262, 3, 5)]
    [InlineData(273, 4, uint.MaxValue)]
    [InlineData(277, 3, 0)]
    [InlineData(277, 3, 65_535)]
    [InlineData(278, 4, 0)]
    [InlineData(322, 4, 0x7FFF_FFF0)]
    [InlineData(339, 3, 3)]
    public void Absurd_TIFF_tags_are_rejected(ushort tag, ushort type, uint value) =>
        AssertRefused(SmallTiff().With(tag, type, value).Encode(), "'folder/name.x' ");

    [Theory]
    [InlineData(uint.MaxValue)]
    [InlineData(0x7FFF_FFFF)]
    [InlineData(0x1000_0000)]
    public void Absurd_TIFF_strip_lengths_are_rejected(uint length)
    {
        TestTiff tiff = new() { Width = 4, Height = 3, RowsPerStrip = 1, Samples = new ushort[12] };
        AssertRefused(tiff.With(279, 4, 4, length, 4).With(259, 3, 5).Encode(), "ends too early");
    }

    [Fact]
    public void Absurd_TIFF_tiles_are_rejected()
    {
        byte[] wide = new TestTiff { Width = 20, Height = 20, Tile = 16, Samples = new ushort[400] }.With(
            322, 4, 1 << 30).Encode();
        byte[] many = new TestTiff { Width = 20, Height = 20, Tile = 16, Samples = new ushort[400] }.With(259, 3, 5)
            .With(322, 4, 8_192)
            .With(323, 4, 8_192)
            .Encode();
        AssertRefused(wide, "damaged TIFF");
        AssertRefused(many, "impossible size");
    }

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("hello", "is not a JPEG, PNG, BMP, WebP, TIFF or DICOM image")]
    [InlineData("BM", "damaged BMP")]
    [InlineData("RIFF____WEBP", "damaged WebP")]
    [InlineData("II*\0", "damaged TIFF")]
    [InlineData("II+\0", "damaged TIFF")]
    [InlineData("MM\0+", "big-endian BigTIFF")]
    [InlineData("GIF89a__________", "convert it")]
    public void A_file_that_is_not_an_image_is_rejected(string content, string expected) =>
        AssertRefused([.. content.Select(c => (byte)c)], expected);

    [Fact]
    public void Files_that_cannot_be_opened_are_rejected()
    {
        using var folder = new TemporaryFolder();
        Assert.Contains(
            "does not exist",
            Assert.Throws<ImageFormatException>(() => ImageFile.Read(folder.File("none.png"))).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "folder",
            Assert.Throws<ImageFormatException>(() => ImageFile.Read(folder.Path)).Message,
            StringComparison.Ordinal);
        Assert.Throws<ImageFormatException>(() => ImageFile.Read("a\0b.png"));
    }

    [Fact]
    public void A_palette_entry_that_does_not_exist_is_rejected() =>
        AssertRefused(
            new TestPng
            {
                Width = 1,
                Height = 1,
                Depth = 8,
                ColorType = 3,
                Palette = [1, 2, 3],
                Samples = [1],
            }.Encode(),
            "palette");

    [Fact]
    public void A_changed_pixel_byte_of_a_PNG_is_detected_by_its_checksum()
    {
        byte[] bytes = new TestPng
        {
            Width = 9,
            Height = 7,
            Depth = 8,
            ColorType = 0,
            Samples = new ushort[63],
        }.Encode();
        bytes[^20] ^= 1;
        AssertRefused(bytes, "checksum");
    }

    private static TestTiff SmallTiff() => new() { Width = 4, Height = 3, Samples = new ushort[12] };

    private static void AssertRefused(byte[] bytes, string expected, ImageLimits? limits = null)
    {
        ImageFormatException error =
            Assert.Throws<ImageFormatException>(() => ImageFile.Decode(bytes, "folder/name.x", limits));
        AssertOneLine(error, "folder/name.x");
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    private static void AssertOneLine(ImageFormatException error, string name)
    {
        Assert.Contains($"'{name}'", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
        Assert.EndsWith(".", error.Message, StringComparison.Ordinal);
    }

    private static byte[] Mutate(byte[] original, SeededGenerator random)
    {
        var bytes = new List<byte>(original);
        int changes = 1 + (int)(random.NextUInt64() % 4);
        for (int i = 0; i < changes && bytes.Count > 1; i++)
        {
            // Half of the changes hit the header, which contains sizes and offsets.
            int range = random.NextUInt64() % 2 == 0 ? Math.Min(bytes.Count, 200) : bytes.Count;
            int position = (int)(random.NextUInt64() % (ulong)range);
            FileDamage.Change(bytes, position, random);
        }

        return [.. bytes];
    }

    // Otherwise, every mutation of a PNG would end at the first checksum.
    private static void RepairChecksums(byte[] png)
    {
        for (long position = 8; position + 12 <= png.Length;)
        {
            long length = BinaryPrimitives.ReadUInt32BigEndian(png.AsSpan((int)position));
            if (position + 12 + length > png.Length)
            {
                return;
            }

            uint checksum = Crc32.HashToUInt32(png.AsSpan((int)position + 4, (int)length + 4));
            BinaryPrimitives.WriteUInt32BigEndian(png.AsSpan((int)(position + 8 + length)), checksum);
            position += 12 + length;
        }
    }
}
