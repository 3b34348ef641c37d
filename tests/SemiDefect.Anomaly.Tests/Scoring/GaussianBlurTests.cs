using SemiDefect.Anomaly.Scoring;
using SemiDefect.Anomaly.Search.Numerics;

namespace SemiDefect.Anomaly.Tests.Scoring;

public class GaussianBlurTests
{
    [Theory]
    [InlineData(37, 61, 4, true)]
    [InlineData(64, 32, 4, false)]
    [InlineData(5, 3, 2, true)]
    [InlineData(1, 9, 1.5, false)]
    public void Every_bit_is_that_of_plain_loops(int width, int height, double sigma, bool isHalfSample)
    {
        BlurBorder border = isHalfSample ? BlurBorder.HalfSample : BlurBorder.WholeSample;
        var generator = new SeededGenerator(11);
        float[] map = [.. Enumerable.Range(0, width * height).Select(_ => (float)generator.NextGaussian())];
        float[] expected =
            BlurLines(BlurLines(map, width, height, width, 1, sigma, border), height, width, 1, width, sigma, border);
        new GaussianBlur(sigma, border).Apply(map, width, height);
        Assert.Equal(expected, map);
    }

    // Blurs `lines` lines, `lineStride` apart, of `length` elements, `stride` apart.
    private static float[] BlurLines(
        float[] map,
        int lines,
        int length,
        int stride,
        int lineStride,
        double sigma,
        BlurBorder border)
    {
        int radius = (int)(4 * sigma + 0.5);
        double[] weights =
        [
            .. Enumerable.Range(-radius, 2 * radius + 1).Select(i => PortableMath.Exp(-0.5 * i * i / (sigma * sigma)))
        ];
        double total = 0;
        foreach (double weight in weights)
        {
            total += weight;
        }

        float[] result = new float[map.Length];
        for (int line = 0; line < lines; line++)
        {
            for (int i = 0; i < length; i++)
            {
                double sum = 0;
                for (int tap = -radius; tap <= radius; tap++)
                {
                    sum += weights[tap + radius] / total
                        * map[line * lineStride + Mirror(i + tap, length, border) * stride];
                }

                result[line * lineStride + i * stride] = (float)sum;
            }
        }

        return result;
    }

    private static int Mirror(int position, int length, BlurBorder border)
    {
        int skip = border == BlurBorder.HalfSample ? 1 : 0;
        while (position < 0 || position >= length)
        {
            position = position < 0 ? -position - skip : 2 * length - 2 + skip - position;
            if (length == 1)
            {
                return 0;
            }
        }

        return position;
    }
}
