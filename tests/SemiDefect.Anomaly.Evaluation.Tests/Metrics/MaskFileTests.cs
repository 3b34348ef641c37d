using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.Imaging.Codecs;
using SemiDefect.Anomaly.IO;
using SemiDefect.Anomaly.TestSupport;
using SemiDefect.Anomaly.Views;

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
        byte[] eroded = MaskFile.ToEroded(mask, 64, 64, Preprocessor.Plan(64, 64, preprocessing));
        Assert.Equal(24 * 24, eroded.Length);
        for (int i = 0; i < eroded.Length; i++)
        {
            // The crop takes 4 off each side; the square would be 4 .. 20, and loses one pixel all around.
            bool inside = i % 24 is >= 5 and < 19 && i / 24 is >= 5 and < 19;
            Assert.Equal(inside ? 255 : 0, eroded[i]);
        }
    }
}
