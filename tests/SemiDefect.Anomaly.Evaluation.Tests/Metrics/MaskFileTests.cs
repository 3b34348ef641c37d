using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.Imaging.Codecs;
using SemiDefect.Anomaly.IO;
using SemiDefect.Anomaly.TestSupport;
using SemiDefect.Anomaly.Views;
using SkiaSharp;

namespace SemiDefect.Anomaly.Evaluation.Tests.Metrics;

public class MaskFileTests
{
    [Fact]
    public void Any_value_above_zero_marks_a_defect()
    {
        using var folder = new TemporaryFolder();
        byte[] pixels = [0, 1, 128, 255];
        AtomicFile.Write(folder.File("m.png"), stream => PngWriter.Write(stream, 2, 2, 1, pixels));
        Assert.Equal(
            (new byte[] { 0, 255, 255, 255 }, 2, 2),
            MaskFile.Read(folder.File("m.png"), ImageLimits.Default),
            (a, b) => a.Item1.SequenceEqual(b.Item1) && a.Item2 == b.Item2 && a.Item3 == b.Item3);
    }

    [Fact]
    public void Any_value_above_zero_marks_at_16_bits_as_well()
    {
        ushort[] samples = [0, 1, 128, 65_535];
        byte[] expected = [0, 255, 255, 255];
        byte[] png = new TestPng { Width = 2, Height = 2, Depth = 16, ColorType = 0, Samples = samples }.Encode();
        Assert.Equal(expected, MaskDecoder.Decode(png, "m.png").Values);
        byte[] tiff = new TestTiff { Width = 2, Height = 2, Depth = 16, Samples = samples }.Encode();
        Assert.Equal(expected, MaskDecoder.Decode(tiff, "m.tif").Values);
        byte[] inverse = new TestTiff
        {
            Width = 2,
            Height = 2,
            Depth = 16,
            Photometric = 0,
            Samples = [65_535, 65_534, 65_400, 0],
        }.Encode();
        Assert.Equal(expected, MaskDecoder.Decode(inverse, "m.tif").Values);

        // An image of the same bytes is as it was.
        Assert.Equal([0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 255], ImageFile.Decode(png, "m.png").Rgb.ToArray());
    }

    [Theory]
    [InlineData(SKEncodedImageFormat.Jpeg)]
    [InlineData(SKEncodedImageFormat.Webp)]
    public void The_noise_of_a_lossy_format_does_not_mark(SKEncodedImageFormat format)
    {
        using var bitmap = new SKBitmap(64, 64, SKColorType.Gray8, SKAlphaType.Opaque);
        for (int i = 0; i < 64 * 64; i++)
        {
            bitmap.SetPixel(i % 64, i / 64, Inside(i) ? SKColors.White : SKColors.Black);
        }

        using SKData data = bitmap.Encode(format, 60);
        (byte[] values, int width, int height) = MaskDecoder.Decode(data.ToArray(), "m");
        Assert.Equal((64, 64), (width, height));
        int wrong = values.Where((value, i) => value != (Inside(i) ? 255 : 0)).Count();
        Assert.InRange(wrong, 0, 20);

        static bool Inside(int i) => i % 64 is >= 17 and < 42 && i / 64 is >= 20 and < 45;
    }

    [Fact]
    public void Several_files_are_joined_and_boxes_are_drawn()
    {
        using var folder = new TemporaryFolder();
        AtomicFile.Write(folder.File("a.png"), stream => PngWriter.Write(stream, 2, 2, 1, [0, 1, 0, 0]));
        AtomicFile.Write(folder.File("b.png"), stream => PngWriter.Write(stream, 2, 2, 1, [0, 0, 9, 0]));
        var both = new DefectMask([folder.File("a.png"), folder.File("b.png")]);
        Assert.Equal([0, 255, 255, 0], MaskFile.Read(both, 2, 2, ImageLimits.Default).Values);

        var boxes = new DefectMask([]) { Boxes = [new(0.25, 0.5, 0.5, 1), new(1, 0, 1, 0)] };
        Assert.Equal(
            [0, 0, 0, 255, 0, 255, 0, 0],
            MaskFile.Read(boxes, 4, 2, ImageLimits.Default).Values);
    }

    [Fact]
    public void Nearest_takes_the_pixel_under_the_center()
    {
        byte[] mask = [255, 0, 0, 255];
        Assert.Equal(
            new byte[] { 255, 255, 0, 0, 255, 255, 0, 0, 0, 0, 255, 255, 0, 0, 255, 255 },
            MaskFile.ToNearest(mask, 2, 2, 4, 4));
        Assert.Equal(new byte[] { 255 }, MaskFile.ToNearest([0, 0, 0, 0, 255, 0, 0, 0, 0], 3, 3, 1, 1));
        Assert.Same(mask, MaskFile.ToNearest(mask, 2, 2, 2, 2));
    }

    [Fact]
    public void Eroding_keeps_only_what_stays_wholly_inside()
    {
        // A square of 32 x 32 in 64 x 64, halved: its edges lie on even pixels, yet the antialiased filter reaches
        // across.
        byte[] mask = new byte[64 * 64];
        for (int i = 0; i < mask.Length; i++)
        {
            mask[i] = (byte)(i % 64 is >= 16 and < 48 && i / 64 is >= 16 and < 48 ? 255 : 0);
        }

        var preprocessing = new PreprocessingOptions(
            ResizeKind.ShorterSide, 32, 24, [0.5f, 0.5f, 0.5f], [0.5f, 0.5f, 0.5f]);
        byte[] eroded = MaskFile.ToEroded(mask, 64, 64, InputGeometry.Of(64, 64, preprocessing));
        Assert.Equal(24 * 24, eroded.Length);
        for (int i = 0; i < eroded.Length; i++)
        {
            // The crop takes 4 off each side; the square would be 4 .. 20, and loses one pixel all around.
            bool inside = i % 24 is >= 5 and < 19 && i / 24 is >= 5 and < 19;
            Assert.Equal(inside ? 255 : 0, eroded[i]);
        }
    }
}
