using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using SemiDefect.Anomaly.Imaging.Codecs;
using SemiDefect.Anomaly.TestSupport;

namespace SemiDefect.Anomaly.Imaging.Tests;

/// <summary>
/// The DICOM files made by make_dicom.py: what is read is what pydicom and dcmtk read, sample by sample; what is not is
/// refused by what it is.
/// </summary>
public class DicomTests
{
    private static readonly string Folder = GoldenImages.Path("dicom");

    /// <summary>All DICOM files.</summary>
    public static TheoryData<string> All { get; } = [.. Names()];

    public static TheoryData<string> Read { get; } = [.. With(".values")];

    public static TheoryData<string> Windowed { get; } = [.. With(".window")];

    public static TheoryData<string, string> Refused { get; } = new()
    {
        { "big-endian.dcm", "transfer syntax Explicit VR Big Endian, which is not supported" },
        { "bits-32.dcm", "samples of 32 bits in 32" },
        { "deflated.dcm", "transfer syntax Deflated Explicit VR Little Endian" },
        { "jpeg-baseline.dcm", "transfer syntax JPEG Baseline (lossy)" },
        { "modality-table.dcm", "(Modality LUT)" },
        { "no-pixels.dcm", "without an image (no pixel data)" },
        { "palette.dcm", "a palette" },
        { "ybr.dcm", "YCbCr colors (YBR)" },
    };

    [Theory]
    [MemberData(nameof(Read))]
    public void A_file_equals_pydicom_and_dcmtk_sample_by_sample(string name)
    {
        (int width, int height, int frames, int channels, int[] values) = Values(name);
        byte[] bytes = File.ReadAllBytes(Path.Combine(Folder, name));
        ImageFileInfo info = ImageFile.Describe(bytes, name);
        Assert.Equal(("dicom", frames), (info.Format, info.Pages));
        int white = (1 << info.BitDepth) - 1;
        int lowest = name.StartsWith("signed", StringComparison.Ordinal) ? -1 << (info.BitDepth - 1) : 0;
        bool isFlipped = name.StartsWith("mono1", StringComparison.Ordinal) || name == "falling.dcm";
        for (int frame = 0; frame < frames; frame++)
        {
            Image image = ImageFile.Decode(bytes, name, new ImageReading { Page = frame + 1 });
            Assert.Equal((width, height), (image.Width, image.Height));
            int[] own = values[(frame * width * height * channels)..((frame + 1) * width * height * channels)];
            Assert.Equal(
                own.SelectMany(value =>
                {
                    int level = isFlipped ? white - (value - lowest) : value - lowest;
                    int moved = info.BitDepth == 8 ? level * 257 : level << (16 - info.BitDepth);
                    byte gray = (byte)Math.Round(moved / 257.0);
                    return channels == 3 ? (byte[])[gray] : [gray, gray, gray];
                }),
                image.Rgb.ToArray());
        }
    }

    [Theory]
    [MemberData(nameof(Windowed))]
    public void The_first_window_of_a_file_equals_that_of_pydicom(string name)
    {
        Image image = ImageFile.Read(
            Path.Combine(Folder, name), new ImageReading { Intensity = IntensityRange.FileWindow });
        byte[] expected = File.ReadAllBytes(Path.Combine(Folder, name + ".window"));
        byte[] actual = [.. Enumerable.Range(0, expected.Length).Select(i => image.Rgb[3 * i])];
        Assert.Equal(expected, actual);
        Assert.InRange(actual.Distinct().Count(), 20, 256);
    }

    [Theory]
    [MemberData(nameof(Refused))]
    public void A_kind_that_is_not_read_is_refused_by_what_it_is(string name, string expected)
    {
        string message = Assert.Throws<ImageFormatException>(
            () => ImageFile.Read(Path.Combine(Folder, name))).Message;
        Assert.Contains(expected, message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_file_is_in_one_of_the_lists() => Assert.Equal(
        Names(),
        Enumerable.Concat<object[]>(Read, Refused).Select(row => (string)row[0]).Order(StringComparer.Ordinal));

    [Fact]
    public void A_fixed_window_is_in_values_after_rescaling_and_MONOCHROME1_is_inverted_afterwards()
    {
        int[] values = Values("signed-16.dcm").Samples;
        Image image = ImageFile.Read(
            Path.Combine(Folder, "signed-16.dcm"), new ImageReading { Intensity = IntensityRange.Window(-100, 155) });
        Assert.Equal(
            values.Select(value => (byte)Math.Clamp(Math.Floor(0.5 * value + 10.25 + 100 + 0.5), 0, 255)),
            Enumerable.Range(0, values.Length).Select(i => image.Rgb[3 * i]));

        ImageReading window = new() { Intensity = IntensityRange.Window(1000, 3000) };
        byte[] dark = ImageFile.Read(Path.Combine(Folder, "mono2-12.dcm"), window).Rgb.ToArray();
        byte[] bright = ImageFile.Read(Path.Combine(Folder, "mono1-12.dcm"), window).Rgb.ToArray();
        Assert.Equal(dark.Select(gray => (byte)(255 - gray)), bright);
    }

    [Fact]
    public void Percentiles_are_those_of_each_frame_by_nearest_rank_in_values_after_rescaling()
    {
        (_, _, _, _, int[] values) = Values("falling.dcm");
        double[] ordered = [.. values.Select(value => 4095.0 - 2 * value).Order()];
        double low = ordered[(int)Math.Ceiling(0.05 * ordered.Length) - 1];
        double high = ordered[(int)Math.Ceiling(0.9 * ordered.Length) - 1];
        string path = Path.Combine(Folder, "falling.dcm");
        Assert.Equal(
            ImageFile.Read(path, new ImageReading { Intensity = IntensityRange.Window(low, high) }).Rgb.ToArray(),
            ImageFile.Read(path, new ImageReading { Intensity = IntensityRange.Percentiles(5, 90) }).Rgb.ToArray());
    }

    [Theory]
    [InlineData("groups.dcm")]
    [InlineData("groups-implicit.dcm")]
    public void Values_of_frames_are_not_taken_for_those_of_the_file(string name)
    {
        string path = Path.Combine(Folder, name);
        foreach (IntensityRange intensity in new[] { IntensityRange.FileWindow, IntensityRange.Window(0, 100) })
        {
            Assert.Contains(
                "frames have a rescale slope or a window of their own",
                Assert.Throws<ImageFormatException>(
                    () => ImageFile.Read(path, new ImageReading { Intensity = intensity })).Message,
                StringComparison.Ordinal);
        }

        Assert.NotNull(ImageFile.Read(path, new ImageReading { Intensity = IntensityRange.Percentiles(1, 99) }));
    }

    [Fact]
    public void What_has_no_such_window_is_refused()
    {
        Refuses("mono2-8.dcm", IntensityRange.FileWindow, "without a window of its own");
        Refuses("rgb.dcm", IntensityRange.Window(0, 100), "in color, which has no window 0 to 100");
        Refuses("../gray16.png", IntensityRange.FileWindow, "is no DICOM image and has no window of its own");
        Refuses("../gray8.bmp", IntensityRange.Window(0, 100), "has samples of 8 bits, but a window is for deeper");
        Assert.Contains(
            "page 4 was asked for",
            Assert.Throws<ImageFormatException>(() => ImageFile.Read(
                Path.Combine(Folder, "frames.dcm"), new ImageReading { Page = 4 })).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void The_survey_takes_the_bits_that_a_file_says()
    {
        ImageSurvey Of(params string[] names) => ImageSurvey.Of(
            [.. names.Select(name => (Path.Combine(Folder, name), (int?)null))],
            ImageReading.Default,
            ImageLimits.Default);

        Assert.Equal(12, Of("mono2-12.dcm", "frames.dcm").BitDepth);
        Assert.Equal([1], Of("mono2-12.dcm", "frames.dcm").SeveralPages);
        Assert.Null(Of("mono2-12.dcm", "mono2-14-implicit.dcm").BitDepth);
        Assert.Null(Of("mono2-16.dcm").BitDepth);
        Assert.Null(Of("mono2-8.dcm").BitDepth);
        Assert.Contains(
            "is a DICOM image of 14 bits, and the detector was fitted for 12",
            Assert.Throws<ImageFormatException>(() => ImageFile.Read(
                Path.Combine(Folder, "mono2-14-implicit.dcm"), new ImageReading { BitDepth = 12 })).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_picture_is_the_same_as_in_16_bit_PNG_in_full_range_and_by_windows()
    {
        (int width, int height, _, _, int[] values) = Values("mono2-12.dcm");
        byte[] png = new TestPng
        {
            Width = width,
            Height = height,
            Depth = 16,
            ColorType = 0,
            Samples = [.. values.Select(value => (ushort)value)],
        }.Encode();
        byte[] dicom = File.ReadAllBytes(Path.Combine(Folder, "mono2-12.dcm"));
        foreach (ImageReading reading in new ImageReading[]
        {
            new() { BitDepth = 12 },
            new() { Intensity = IntensityRange.Window(500, 3000.5) },
            new() { Intensity = IntensityRange.Percentiles(0.5, 99.5) },
        })
        {
            Assert.Equal(
                ImageFile.Decode(png, "x.png", reading).Sha256(), ImageFile.Decode(dicom, "x.dcm", reading).Sha256());
        }
    }

    [Fact]
    public void Text_of_the_file_never_comes_into_a_message()
    {
        byte[] original = File.ReadAllBytes(Path.Combine(Folder, "nested.dcm"));
        Assert.Contains("Geheim^Paul", Encoding.ASCII.GetString(original), StringComparison.Ordinal);
        foreach (string name in Names())
        {
            byte[] bytes = File.ReadAllBytes(Path.Combine(Folder, name));
            for (int length = 0; length < bytes.Length; length += 7)
            {
                try
                {
                    ImageFile.Decode(bytes.AsMemory(0, length), "x.dcm");
                }
                catch (ImageFormatException error)
                {
                    Assert.DoesNotContain("eheim", error.ToString(), StringComparison.Ordinal);
                    Assert.DoesNotContain("4711", error.ToString(), StringComparison.Ordinal);
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_copy_without_personal_data_is_read_or_refused_as_the_original_and_names_no_one(string name)
    {
        byte[] original = File.ReadAllBytes(Path.Combine(Folder, name));
        byte[] copy;
        try
        {
            copy = ImageFile.WithoutPersonalData(original, name);
        }
        catch (ImageFormatException error)
        {
            Assert.Equal(
                error.Message,
                Assert.Throws<ImageFormatException>(() => ImageFile.Decode(original, name)).Message);
            return;
        }

        string text = Encoding.Latin1.GetString(copy);
        Assert.All(
            (string[])["eheim", "4711", "1961", "Klinik"],
            secret => Assert.DoesNotContain(secret, text, StringComparison.OrdinalIgnoreCase));
        foreach (IntensityRange intensity in new[]
        {
            IntensityRange.Full, IntensityRange.FileWindow, IntensityRange.Window(-50, 900),
            IntensityRange.Percentiles(2, 98),
        })
        {
            foreach (int page in (int[])[1, 2])
            {
                var reading = new ImageReading { Intensity = intensity, Page = page };
                Assert.Equal(Outcome(original, reading), Outcome(copy, reading));
            }
        }

        string Outcome(byte[] bytes, ImageReading reading)
        {
            try
            {
                return ImageFile.Decode(bytes, name, reading).Sha256();
            }
            catch (ImageFormatException error)
            {
                return error.Message;
            }
        }
    }

    [Fact]
    public void What_is_written_is_read_and_holds_no_more_than_the_image()
    {
        ushort[] samples = [.. Enumerable.Range(0, 35).Select(i => (ushort)(i * 117))];
        using var stream = new MemoryStream();
        DicomWriter.Write(stream, 7, 5, 12, samples);
        byte[] file = stream.ToArray();
        Assert.Equal(file, ImageFile.WithoutPersonalData(file, "x"));
        byte[] png = new TestPng { Width = 7, Height = 5, Depth = 16, ColorType = 0, Samples = samples }.Encode();
        Assert.Equal(
            ImageFile.Decode(png, "x", new ImageReading { BitDepth = 12 }).Sha256(),
            ImageFile.Decode(file, "x").Sha256());
        Assert.Throws<ArgumentException>(() => DicomWriter.Write(Stream.Null, 7, 5, 11, samples));
        Assert.Throws<ArgumentException>(() => DicomWriter.Write(Stream.Null, 7, 4, 12, samples));
        Assert.Equal(png, ImageFile.WithoutPersonalData(png, "x"));
    }

    private static void Refuses(string name, IntensityRange intensity, string expected) => Assert.Contains(
        expected,
        Assert.Throws<ImageFormatException>(() => ImageFile.Read(
            Path.Combine(Folder, name), new ImageReading { Intensity = intensity })).Message,
        StringComparison.Ordinal);

    private static IEnumerable<string> With(string suffix) =>
        Names().Where(name => File.Exists(Path.Combine(Folder, name + suffix)));

    private static IEnumerable<string> Names() => Directory.EnumerateFiles(Folder)
        .Select(path => Path.GetFileName(path))
        .Where(name => Path.GetExtension(name) is ".dcm" or "")
        .Order(StringComparer.Ordinal);

    private static (int Width, int Height, int Frames, int Channels, int[] Samples) Values(string name)
    {
        byte[] bytes = File.ReadAllBytes(Path.Combine(Folder, name + ".values"));
        int At(int i) => BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(4 * i));
        return (At(0), At(1), At(2), At(3), MemoryMarshal.Cast<byte, int>(bytes.AsSpan(16)).ToArray());
    }
}
