using SemiDefect.Anomaly.Imaging.Codecs;
using SemiDefect.Anomaly.TestSupport;

namespace SemiDefect.Anomaly.Imaging.Tests;

/// <summary>Windows and percentiles of 16-bit and floating-point images.</summary>
public class IntensityRangeTests
{
    private const int Width = 31;
    private const int Height = 17;

    private static readonly float[] Floats =
        [.. Enumerable.Range(0, Width * Height).Select(i => (i * 7919 % 1009 - 400) / 37f)];

    [Fact]
    public void A_window_of_16_bits_is_linear_rounded_and_clipped()
    {
        ushort[] samples = [.. Enumerable.Range(0, Width * Height).Select(i => (ushort)(i * 131 % 65_536))];
        byte[] png = Png(samples);
        Image image = ImageFile.Decode(png, "x", With(IntensityRange.Window(1000.5, 40_000)));
        Assert.Equal(
            samples.Select(sample =>
                (byte)Math.Clamp(Math.Floor(255 * (sample - 1000.5) / 38_999.5 + 0.5), 0, 255)),
            Gray(image));
        Assert.Equal(
            ImageFile.Decode(png, "x").Sha256(),
            ImageFile.Decode(png, "x", With(IntensityRange.Window(0, 65_535))).Sha256());
        byte[] tiff = new TestTiff { Width = Width, Height = Height, Depth = 16, Samples = samples }.Encode();
        Assert.Equal(
            image.Sha256(), ImageFile.Decode(tiff, "x", With(IntensityRange.Window(1000.5, 40_000))).Sha256());
    }

    [Theory]
    [InlineData(0, 100)]
    [InlineData(0.5, 99.5)]
    [InlineData(20, 20.1)]
    public void Percentiles_are_by_nearest_rank(double low, double high)
    {
        ushort[] samples = [.. Enumerable.Range(0, Width * Height).Select(i => (ushort)(900 + i * 7919 % 1009))];
        ushort[] sorted = [.. samples.Order()];
        double At(double percent) =>
            sorted[Math.Max(1, (int)Math.Ceiling(percent / 100 * sorted.Length)) - 1];
        Assert.Equal(
            samples.Select(sample =>
                sample <= At(low) ? 0
                : sample >= At(high) ? 255
                : (int)Math.Floor(255 * (sample - At(low)) / (At(high) - At(low)) + 0.5)),
            Gray(ImageFile.Decode(Png(samples), "x", With(IntensityRange.Percentiles(low, high)))).Select(v => (int)v));

        float[] ordered = [.. Floats.Order()];
        double lowest = ordered[Math.Max(1, (int)Math.Ceiling(low / 100 * ordered.Length)) - 1];
        double highest = ordered[Math.Max(1, (int)Math.Ceiling(high / 100 * ordered.Length)) - 1];
        byte[] tiff = FloatTiff(Floats);
        if (lowest < highest)
        {
            Assert.Equal(
                ImageFile.Decode(tiff, "x", With(IntensityRange.Window(lowest, highest))).Sha256(),
                ImageFile.Decode(tiff, "x", With(IntensityRange.Percentiles(low, high))).Sha256());
        }
    }

    [Fact]
    public void Floating_point_needs_a_window_and_finite_samples()
    {
        byte[] tiff = FloatTiff(Floats);
        Assert.Equal(
            Floats.Select(value => (byte)Math.Clamp(Math.Floor(255 * ((double)value + 5) / 15 + 0.5), 0, 255)),
            Gray(ImageFile.Decode(tiff, "x", With(IntensityRange.Window(-5, 10)))));
        Assert.Contains(
            "floating point, which have no range of their own; fit with --window LOW:HIGH",
            Assert.Throws<ImageFormatException>(() => ImageFile.Decode(tiff, "x")).Message,
            StringComparison.Ordinal);
        foreach (float bad in (float[])[float.NaN, float.PositiveInfinity])
        {
            float[] values = [.. Floats];
            values[77] = bad;
            Assert.Contains(
                "is not a finite number",
                Assert.Throws<ImageFormatException>(() => ImageFile.Decode(
                    FloatTiff(values), "x", With(IntensityRange.Percentiles(1, 99)))).Message,
                StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_picture_of_one_value_is_black()
    {
        ushort[] samples = [.. Enumerable.Repeat((ushort)777, Width * Height)];
        Assert.All(
            Gray(ImageFile.Decode(Png(samples), "x", With(IntensityRange.Percentiles(1, 99)))),
            gray => Assert.Equal(0, gray));
    }

    [Fact]
    public void Impossible_ranges_are_refused()
    {
        Assert.Throws<SemiDefectException>(() => IntensityRange.Window(5, 5));
        Assert.Throws<SemiDefectException>(() => IntensityRange.Window(double.NaN, 5));
        Assert.Throws<SemiDefectException>(() => IntensityRange.Window(0, double.PositiveInfinity));
        Assert.Throws<SemiDefectException>(() => IntensityRange.Percentiles(-1, 50));
        Assert.Throws<SemiDefectException>(() => IntensityRange.Percentiles(60, 50));
        Assert.Throws<SemiDefectException>(() => IntensityRange.Percentiles(0, 100.5));
        Assert.Equal(IntensityRange.Window(1, 2), IntensityRange.Window(1, 2));
        Assert.Equal("window -0.5 to 2", IntensityRange.Window(-0.5, 2).ToString());
    }

    private static ImageReading With(IntensityRange intensity) => new() { Intensity = intensity };

    private static IEnumerable<byte> Gray(Image image) =>
        Enumerable.Range(0, image.Width * image.Height).Select(i => image.Rgb[3 * i]);

    private static byte[] Png(ushort[] samples) =>
        new TestPng { Width = Width, Height = Height, Depth = 16, ColorType = 0, Samples = samples }.Encode();

    private static byte[] FloatTiff(float[] values)
    {
        using var stream = new MemoryStream();
        FloatTiffWriter.Write(stream, Width, Height, values);
        return stream.ToArray();
    }
}
