using CsCheck;
using SemiDefect.Anomaly.Imaging.Resampling;
using SemiDefect.Anomaly.Search.Numerics;
using SemiDefect.Anomaly.TestSupport;

namespace SemiDefect.Anomaly.Imaging.Tests;

public class PillowBilinearTests
{
    private static readonly Gen<Image> AnyImage =
        from width in Gen.Int[1, 40]
        from height in Gen.Int[1, 40]
        from rgb in Gen.Byte.Array[3 * width * height]
        select new Image(width, height, rgb);

    [Theory]
    [InlineData("256x161")]
    [InlineData("40x25")]
    [InlineData("64x64")]
    [InlineData("97x30")]
    public void Resizing_equals_Pillow_byte_for_byte(string size)
    {
        Image expected = Load($"resize_out_{size}.npy");
        Image actual = PillowBilinear.Resize(Load("resize_in_97x61.npy"), expected.Width, expected.Height);
        Assert.Equal(expected.Rgb, actual.Rgb);
    }

    [Fact]
    public void Resizing_equals_the_definition_for_every_size() =>
        Gen.Select(AnyImage, Gen.Int[1, 60], Gen.Int[1, 60]).Sample(
            (image, width, height) =>
            {
                byte[] rows = SlowPass(image.Rgb.ToArray(), image.Width, image.Height, width, alongRows: true);
                byte[] expected = SlowPass(rows, image.Height, width, height, alongRows: false);
                Assert.Equal(expected, PillowBilinear.Resize(image, width, height).Rgb.ToArray());
            },
            iter: 1000);

    [Fact]
    public void A_window_equals_the_same_window_of_the_whole_image() =>
        (from image in AnyImage
         from width in Gen.Int[1, 60]
         from height in Gen.Int[1, 60]
         from left in Gen.Int[0, width - 1]
         from top in Gen.Int[0, height - 1]
         from columns in Gen.Int[1, width - left]
         from rows in Gen.Int[1, height - top]
         select (image, width, height, left, top, columns, rows)).Sample(
            t =>
            {
                Image whole = PillowBilinear.Resize(t.image, t.width, t.height);
                Image window =
                    PillowBilinear.ResizeWindow(t.image, t.width, t.height, t.left, t.top, t.columns, t.rows);
                for (int y = 0; y < t.rows; y++)
                {
                    Assert.Equal(
                        whole.Rgb.Slice(3 * ((t.top + y) * t.width + t.left), 3 * t.columns),
                        window.Rgb.Slice(3 * y * t.columns, 3 * t.columns));
                }
            },
            iter: 1000);

    [Fact]
    public void The_same_size_returns_the_same_image()
    {
        Image image = Load("resize_in_97x61.npy");
        Assert.Same(image, PillowBilinear.Resize(image, 61, 97));
    }

    [Fact]
    public void A_size_below_one_is_rejected()
    {
        var image = new Image(1, 1, [1, 2, 3]);
        Assert.Throws<ArgumentOutOfRangeException>(() => PillowBilinear.Resize(image, 0, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => PillowBilinear.Resize(image, 1, 0));
    }

    /// <summary>
    /// The definition, one sample at a time: triangle weights over the inputs within the support, 22 fractional bits,
    /// rounded to 8 bits.
    /// </summary>
    private static byte[] SlowPass(byte[] rgb, int inputSize, int lines, int outputSize, bool alongRows)
    {
        if (inputSize == outputSize)
        {
            return rgb;
        }

        var output = new byte[3 * outputSize * lines];
        double scale = (double)inputSize / outputSize;
        double support = Math.Max(scale, 1);
        for (int o = 0; o < outputSize; o++)
        {
            double center = (o + 0.5) * scale;
            int from = Math.Max(0, (int)(center - support + 0.5));
            int to = Math.Min(inputSize, (int)(center + support + 0.5));
            double[] weights =
            [
                .. Enumerable.Range(from, to - from)
                    .Select(i => Math.Max(0, 1 - Math.Abs((i - center + 0.5) * (1 / support))))
            ];
            double sum = weights.Aggregate(0.0, (a, b) => a + b);
            for (int line = 0; line < lines; line++)
            {
                for (int channel = 0; channel < 3; channel++)
                {
                    long total = 1 << 21;
                    for (int i = from; i < to; i++)
                    {
                        byte value = alongRows
                            ? rgb[3 * (line * inputSize + i) + channel]
                            : rgb[3 * (i * lines + line) + channel];
                        total += value * (long)Math.Floor(weights[i - from] / sum * 4194304 + 0.5);
                    }

                    int target = alongRows ? 3 * (line * outputSize + o) + channel : 3 * (o * lines + line) + channel;
                    output[target] = (byte)Math.Clamp(total >> 22, 0, 255);
                }
            }
        }

        return output;
    }

    private static Image Load(string name)
    {
        (int[] shape, byte[] values) = NpyFile.Read<byte>(GoldenImages.Path(name));
        return new Image(shape[1], shape[0], values);
    }
}
