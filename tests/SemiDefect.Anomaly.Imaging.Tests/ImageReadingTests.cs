using SemiDefect.Anomaly.TestSupport;

namespace SemiDefect.Anomaly.Imaging.Tests;

/// <summary>Bit depths below that of the container, pages, and what headers say.</summary>
public sealed class ImageReadingTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string, int> WideFiles
    {
        get
        {
            var data = new TheoryData<string, int>();
            foreach (string kind in new[] { "gray.png", "rgb.png", "alpha.png", "gray.tif", "white.tif", "MM.tif" })
            {
                foreach (int bits in new[] { 8, 10, 12, 14, 16 })
                {
                    data.Add(kind, bits);
                }
            }

            return data;
        }
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(WideFiles))]
    public void An_image_is_the_same_whichever_bits_of_16_it_uses(string kind, int bits)
    {
        int white = (1 << bits) - 1;
        ushort[] low = [.. Enumerable.Range(0, 60).Select(i => (ushort)(i == 7 ? white : i * 977 % (white + 1)))];
        Image moved = ImageFile.Decode(Encode(kind, [.. low.Select(value => Moved(value, bits))]), kind);
        Image read = ImageFile.Decode(Encode(kind, low), kind, new ImageReading { BitDepth = bits });
        Assert.Equal(moved.Rgb.ToArray(), read.Rgb.ToArray());

        // White becomes white.
        Assert.Contains((byte)(kind == "white.tif" ? 0 : 255), read.Rgb.ToArray());
        if (bits < 16)
        {
            low[7]++;
            ImageFormatException error = Assert.Throws<ImageFormatException>(() =>
                ImageFile.Decode(Encode(kind, low), kind, new ImageReading { BitDepth = bits }));
            Assert.Contains($"has a sample of {white + 1}, more than {bits} bits hold", error.Message);
        }
    }

    [Fact]
    public void Other_depths_are_not_affected_by_a_bit_depth()
    {
        foreach (string name in new[] { "gray.jpg", "palette.png", "rgb.png", "gray8.bmp", "lossy.webp", "lzw.tif" })
        {
            Assert.Equal(
                ImageFile.Read(GoldenImages.Path(name)).Rgb.ToArray(),
                ImageFile.Read(GoldenImages.Path(name), new ImageReading { BitDepth = 9 }).Rgb.ToArray());
        }

        Assert.Throws<SemiDefectException>(() => new ImageReading { BitDepth = 7 });
        Assert.Throws<SemiDefectException>(() => new ImageReading { BitDepth = 17 });
        Assert.Throws<SemiDefectException>(() => new ImageReading { Page = 0 });
    }

    [Theory]
    [InlineData(725, 1, 12)]
    [InlineData(725, 2, 12)]
    [InlineData(4095, 1, 12)]
    [InlineData(1, 2, 12)]
    [InlineData(255, 2, 8)]
    [InlineData(255, 1, 12)]
    [InlineData(1023, 2, 10)]
    [InlineData(1023, 1, 12)]
    [InlineData(16_383, 2, 14)]
    [InlineData(16_383, 1, null)]
    [InlineData(4096, 2, null)]
    [InlineData(16_382, 2, null)]
    [InlineData(65_535, 2, null)]
    [InlineData(0, 2, null)]
    public void The_bits_in_use_are_found_over_all_images(int highest, int filesWithHighest, int? expected)
    {
        for (int file = 0; file < 3; file++)
        {
            ushort[] samples = new ushort[60];
            samples[file] = (ushort)(file < filesWithHighest ? highest : highest / 2);
            File.WriteAllBytes(_folder.File($"{file}.png"), Encode("gray.png", samples));
        }

        File.Copy(GoldenImages.Path("rgb.png"), _folder.File("8bit.png"));
        ImageSurvey survey = Survey("0.png", "1.png", "8bit.png", "2.png");
        Assert.Equal((highest, 3, expected), (survey.HighestSample, survey.WideFiles, survey.BitDepth));
    }

    [Fact]
    public void Images_of_8_bits_have_no_bit_depth_to_find()
    {
        foreach (string name in new[] { "rgb.png", "lzw.tif", "gray.jpg", "palette.png" })
        {
            File.Copy(GoldenImages.Path(name), _folder.File(name));
        }

        ImageSurvey survey = Survey("rgb.png", "lzw.tif", "gray.jpg", "palette.png");
        Assert.Equal((null, 0, null), (survey.HighestSample, survey.WideFiles, survey.BitDepth));
        File.WriteAllBytes(_folder.File("no.png"), [1, 2, 3]);
        Assert.Throws<ImageFormatException>(() => Survey("rgb.png", "none.png"));
        Assert.Equal(1, ImageFile.CountPages(_folder.File("no.png")));
    }

    [Fact]
    public void A_page_is_chosen_by_its_number()
    {
        string pages = GoldenImages.Path("pages.tif");
        Assert.Equal(2, ImageFile.CountPages(pages));
        Image first = ImageFile.Read(pages, new ImageReading { Page = 1 });
        Image second = ImageFile.Read(pages, new ImageReading { Page = 2 });
        Assert.Equal(ImageFile.Read(pages).Rgb.ToArray(), first.Rgb.ToArray());

        // The second page is the first, turned by 180 degrees.
        Assert.Equal(
            first.Rgb.ToArray().Chunk(3).Reverse().SelectMany(pixel => pixel), second.Rgb.ToArray());
        foreach (string name in new[] { "pages.tif", "lzw.tif", "rgb.png", "gray.jpg" })
        {
            ImageFormatException error = Assert.Throws<ImageFormatException>(() =>
                ImageFile.Read(GoldenImages.Path(name), new ImageReading { Page = 3 }));
            Assert.Contains("page 3 was asked for", error.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void Reduced_copies_and_masks_are_no_pages(bool bigEndian, bool big)
    {
        byte[] one = Page(0, bigEndian, big);
        Assert.Equal(1, PagesOf(one));
        Assert.Equal(2, PagesOf(Joined(one, Page(0, bigEndian, big), big, bigEndian)));
        Assert.Equal(2, PagesOf(Joined(one, Page(2, bigEndian, big), big, bigEndian)));
        Assert.Equal(1, PagesOf(Joined(one, Page(1, bigEndian, big), big, bigEndian)));
        Assert.Equal(1, PagesOf(Joined(one, Page(4, bigEndian, big), big, bigEndian)));

        // A small copy that comes first is what readers show.
        Assert.Equal(2, PagesOf(Joined(Page(1, bigEndian, big), one, big, bigEndian)));
    }

    [Fact]
    public void Pages_in_a_circle_end()
    {
        byte[] one = Page(0, false, false);
        int next = NextOffsetAt(one, false, false);
        BitConverter.GetBytes(BitConverter.ToInt32(one, 4)).CopyTo(one, next);
        Assert.Equal(1, PagesOf(one));
    }

    [Theory]
    [InlineData(34_925, "LZMA")]
    [InlineData(34_887, "LERC")]
    [InlineData(34_712, "JPEG 2000")]
    [InlineData(32_809, "ThunderScan")]
    [InlineData(12_345, "number 12345")]
    public void A_compression_that_is_not_supported_is_named(int compression, string expected)
    {
        byte[] file = new TestTiff { Width = 4, Height = 3, Samples = new ushort[12] }
            .With(259, 3, (uint)compression)
            .Encode();
        string message = Assert.Throws<ImageFormatException>(() => ImageFile.Decode(file, "x.tif")).Message;
        Assert.Contains($"of the compression {expected}, which is not supported", message, StringComparison.Ordinal);
        Assert.DoesNotContain("damaged", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(50_000, 1)]
    [InlineData(50_001, 3)]
    public void Pieces_that_are_no_Zstandard_or_WebP_are_damaged(int compression, int samples)
    {
        byte[] file = new TestTiff
        {
            Width = 4,
            Height = 3,
            SamplesPerPixel = samples,
            Samples = new ushort[12 * samples],
        }.With(259, 3, (uint)compression).Encode();
        Assert.Contains(
            "is a damaged TIFF image",
            Assert.Throws<ImageFormatException>(() => ImageFile.Decode(file, "x.tif")).Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData(0, true)]
    [InlineData(2, false)]
    public void Three_samples_called_gray_are_three_channels(int? extra, bool isColor)
    {
        foreach (bool separate in new[] { false, true })
        {
            var tiff = new TestTiff
            {
                Width = 5,
                Height = 4,
                SamplesPerPixel = 3,
                Separate = separate,
                Samples = [.. Enumerable.Range(0, 60).Select(i => (ushort)(i * 4))],
            };
            tiff = extra is { } kind ? tiff.With(338, 3, (uint)kind, (uint)kind) : tiff;
            byte[] rgb = ImageFile.Decode(tiff.Encode(), "x.tif").Rgb.ToArray();
            Assert.Equal(Enumerable.Range(0, 60).Select(i => (byte)(4 * (isColor ? i : i / 3 * 3))), rgb);
        }
    }

    [SharedFact]
    public void The_files_of_the_shared_cases_are_read_as_they_should_be()
    {
        string Case(string name) => Repository.SharedPath($"cases/{name}");
        string[] raw = Directory.GetFiles(Case("04-12bit-in-16/raw12"), "*.png", SearchOption.AllDirectories);
        ImageSurvey survey = ImageSurvey.Of(
            [.. raw.Where(path => path.Contains("train")).Select(path => (path, (int?)null))],
            ImageReading.Default,
            ImageLimits.Default);
        Assert.Equal((20, 12), (survey.WideFiles, survey.BitDepth));
        Assert.All(raw, path => Assert.Equal(
            ImageFile.Read(path.Replace("raw12", "times16", StringComparison.Ordinal)).Rgb.ToArray(),
            ImageFile.Read(path, new ImageReading { BitDepth = survey.BitDepth }).Rgb.ToArray()));

        foreach (string name in Directory.GetFiles(Case("12-jpeg-premature"), "*.jpg"))
        {
            Assert.Contains(
                "is a damaged JPEG image",
                Assert.Throws<ImageFormatException>(() => ImageFile.Read(name)).Message,
                StringComparison.Ordinal);
        }

        Assert.Contains(
            "compression LZMA, which is not supported",
            Assert.Throws<ImageFormatException>(() => ImageFile.Read(Case("17-tiff-compression/lzma.tif"))).Message,
            StringComparison.Ordinal);
        Image zstandard = ImageFile.Read(Case("17-tiff-compression/zstd.tif"));
        Image webP = ImageFile.Read(Case("17-tiff-compression/webp.tif"));
        Assert.Equal((zstandard.Width, zstandard.Height), (webP.Width, webP.Height));

        string thumbnail = Case("18-tiff-pages/thumbnail_first.tif");
        Assert.Equal(2, ImageFile.CountPages(thumbnail));
        Assert.Equal(20, ImageFile.Read(thumbnail).Width);
        Assert.Equal(64, ImageFile.Read(thumbnail, new ImageReading { Page = 2 }).Width);
        byte[] channels = ImageFile.Read(Case("18-tiff-pages/minisblack_3_samples.tif")).Rgb.ToArray();
        byte[] stored = File.ReadAllBytes(Case("18-tiff-pages/minisblack_3_samples.tif"))[140..(140 + 96 * 96 * 3)];
        Assert.Equal(stored, channels);
    }

    // A byte in 16 bits stays that byte.
    private static ushort Moved(ushort value, int bits) =>
        (ushort)(bits == 8 ? value * 257 : value << (16 - bits));

    private static byte[] Encode(string kind, ushort[] samples) => kind.EndsWith(".png", StringComparison.Ordinal)
        ? new TestPng
        {
            Width = 5,
            Height = kind == "rgb.png" ? 4 : kind == "alpha.png" ? 6 : 12,
            Depth = 16,
            ColorType = kind == "rgb.png" ? 2 : kind == "alpha.png" ? 4 : 0,
            Samples = kind == "alpha.png"
                ? [.. samples.Take(30).SelectMany(sample => new[] { sample, ushort.MaxValue })]
                : samples,
        }.Encode()
        : new TestTiff
        {
            Width = 5,
            Height = 12,
            Depth = 16,
            Photometric = kind == "white.tif" ? 0 : 1,
            BigEndian = kind == "MM.tif",
            Samples = samples,
        }.Encode();

    private static int PagesOf(byte[] file) => ImageFile.Describe(file, "x.tif").Pages;

    private static byte[] Page(int subfileType, bool bigEndian, bool big) => new TestTiff
    {
        Width = 5,
        Height = 4,
        BigEndian = bigEndian,
        Big = big,
        Samples = new ushort[20],
    }.With(254, 4, (uint)subfileType).Encode();

    // Only directories are followed, so the offsets of pixels may be wrong.
    private static byte[] Joined(byte[] first, byte[] second, bool big, bool bigEndian)
    {
        byte[] joined = [.. first, .. second];
        int word = big ? 8 : 4;
        byte[] offset = [.. second[word..(2 * word)]];
        ulong directory = (ulong)first.Length + Number(offset, bigEndian);
        byte[] moved = BitConverter.GetBytes(directory)[..word];
        (bigEndian ? [.. moved.Reverse()] : moved).CopyTo(joined, NextOffsetAt(first, big, bigEndian));
        return joined;
    }

    private static int NextOffsetAt(byte[] file, bool big, bool bigEndian)
    {
        int word = big ? 8 : 4;
        int directory = (int)Number(file[word..(2 * word)], bigEndian);
        int countSize = big ? 8 : 2;
        int count = (int)Number(file[directory..(directory + countSize)], bigEndian);
        return directory + countSize + count * (4 + 2 * word);
    }

    private static ulong Number(byte[] bytes, bool bigEndian) =>
        (bigEndian ? bytes : bytes.Reverse()).Aggregate(0UL, (number, next) => (number << 8) | next);

    private ImageSurvey Survey(params string[] names) => ImageSurvey.Of(
        [.. names.Select(name => (_folder.File(name), (int?)null))], ImageReading.Default, ImageLimits.Default);

    [Theory]
    [InlineData(0x80FF, 0x0100, 0xFFFF, 0x80, 0x01, 0xFF)]
    [InlineData(0x00FF, 0x0001, 0x0080, 0xFF, 0x01, 0x80)]
    [InlineData(0x00FF, 0x0100, 0x0000, 0x00, 0x01, 0x00)]
    public void Palettes_have_16_bits_unless_all_their_high_bits_are_0(
        int red,
        int green,
        int blue,
        byte expectedRed,
        byte expectedGreen,
        byte expectedBlue)
    {
        ushort[][] palette = [new ushort[256], new ushort[256], new ushort[256]];
        (palette[0][7], palette[1][7], palette[2][7]) = ((ushort)red, (ushort)green, (ushort)blue);
        Image image = ImageFile.Decode(PaletteTiff(palette, 8), "palette.tif");
        Assert.Equal([expectedRed, expectedGreen, expectedBlue], image.Rgb.ToArray());
    }

    [Fact]
    public void A_palette_of_16_bits_per_pixel_is_refused_by_name()
    {
        ushort[] channel = new ushort[65536];
        var error = Assert.Throws<ImageFormatException>(() =>
            ImageFile.Decode(PaletteTiff([channel, channel, channel], 16), "palette.tif"));
        Assert.Contains("a palette with 16 bits per pixel", error.Message, StringComparison.Ordinal);
    }

    // One pixel with the palette entry 7.
    private static byte[] PaletteTiff(ushort[][] palette, int bits)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        int count = 3 * palette[0].Length;
        writer.Write("II*\0"u8);
        writer.Write(12);
        writer.Write(7);
        (ushort Tag, ushort Type, int Count, int Value)[] entries =
        [
            (256, 3, 1, 1), (257, 3, 1, 1), (258, 3, 1, bits), (259, 3, 1, 1), (262, 3, 1, 3), (273, 4, 1, 8),
            (277, 3, 1, 1), (278, 3, 1, 1), (279, 4, 1, bits / 8), (320, 3, count, 12 + 2 + 10 * 12 + 4),
        ];
        writer.Write((ushort)entries.Length);
        foreach ((ushort tag, ushort type, int number, int value) in entries)
        {
            writer.Write(tag);
            writer.Write(type);
            writer.Write(number);
            writer.Write(value);
        }

        writer.Write(0);
        foreach (ushort value in palette.SelectMany(channel => channel))
        {
            writer.Write(value);
        }

        return stream.ToArray();
    }
}
