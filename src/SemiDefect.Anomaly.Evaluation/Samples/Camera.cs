using SemiDefect.Anomaly.Search.Numerics;

namespace SemiDefect.Anomaly.Evaluation.Samples;

/// <summary>Simulates the image that a camera takes of a surface. Stateless.</summary>
internal static class Camera
{
    private const int Size = DiePattern.Size;
    private const double ReliefStrength = 0.55;
    private const double TintStrength = 0.05;

    /// <summary>The image before sensor noise: one plane of gray levels, or three (red, green, blue).</summary>
    public static double[][] Develop(Material[] surface, Conditions conditions, bool isColor)
    {
        double[][] planes = [.. Enumerable.Range(0, isColor ? 3 : 1).Select(_ => new double[Size * Size])];
        for (int y = 0; y < Size; y++)
        {
            for (int x = 0; x < Size; x++)
            {
                int at = y * Size + x;
                Material pixel = surface[at];
                double light = LightAt(surface, x, y, conditions)
                    * (1 + pixel.Grain * conditions.Grain.At(0.8 * x + 0.6 * y, 0.8 * y - 0.6 * x));
                double tint = conditions.Warmth + TintStrength * conditions.FilmThickness.At(x, y);
                if (isColor)
                {
                    planes[0][at] = pixel.Red * light * (1 + tint);
                    planes[1][at] = pixel.Green * light;
                    planes[2][at] = pixel.Blue * light * (1 - tint);
                }
                else
                {
                    planes[0][at] = (0.299 * pixel.Red + 0.587 * pixel.Green + 0.114 * pixel.Blue) * light * (1 + tint);
                }
            }
        }

        double[] kernel = GaussianKernel(conditions.Blur);
        foreach (double[] plane in planes)
        {
            Blur(plane, kernel);
        }

        return planes;
    }

    /// <summary>Adds noise and rounds to bytes with interleaved channels.</summary>
    public static byte[] Expose(double[][] planes, Conditions conditions)
    {
        var generator = new SeededGenerator(conditions.NoiseSeed);
        byte[] pixels = new byte[planes.Length * Size * Size];
        for (int i = 0; i < Size * Size; i++)
        {
            for (int channel = 0; channel < planes.Length; channel++)
            {
                double level = planes[channel][i];

                // Shot noise grows with the square root of the brightness. A color camera has few red and blue cells
                // and interpolates between them, which smooths their noise.
                double share = planes.Length == 3 && channel != 1 ? 0.35 : 1;
                double deviation = share * conditions.NoiseLevel * Math.Sqrt(0.2 + Math.Max(0, level) * (0.8 / 128));
                double noisy = level + deviation * NearGaussian(generator);
                pixels[i * planes.Length + channel] = (byte)Math.Clamp(Math.Floor(noisy + 0.5), 0, 255);
            }
        }

        return pixels;
    }

    private static double LightAt(Material[] surface, int x, int y, Conditions conditions)
    {
        double slopeX =
            surface[y * Size + Math.Min(x + 1, Size - 1)].Height - surface[y * Size + Math.Max(x - 1, 0)].Height;
        double slopeY =
            surface[Math.Min(y + 1, Size - 1) * Size + x].Height - surface[Math.Max(y - 1, 0) * Size + x].Height;
        double relief = Math.Clamp(
            1 - ReliefStrength * (-slopeX * conditions.LightX - slopeY * conditions.LightY) * 0.5, 0.55, 1.5);
        double acrossX = (x + 0.5) * (2.0 / Size) - 1;
        double acrossY = (y + 0.5) * (2.0 / Size) - 1;
        double field = 1 + conditions.GradientX * acrossX + conditions.GradientY * acrossY
            - conditions.Vignetting * 0.5 * (acrossX * acrossX + acrossY * acrossY);
        return conditions.Gain * field * relief;
    }

    /// <summary>
    /// The sum of four uniform numbers, scaled to variance 1: close enough to a Gaussian for sensor noise, and fast.
    /// </summary>
    private static double NearGaussian(SeededGenerator generator)
    {
        ulong bits = generator.NextUInt64();
        int sum = (int)(bits & 0xFFFF) + (int)(bits >> 16 & 0xFFFF) + (int)(bits >> 32 & 0xFFFF) + (int)(bits >> 48);
        return (sum - 2.0 * 0xFFFF) * (1.7320508075688772 / 65536);
    }

    private static double[] GaussianKernel(double deviation)
    {
        int radius = (int)Math.Ceiling(3 * deviation);
        double[] kernel =
        [
            .. Enumerable.Range(-radius, 2 * radius + 1)
                .Select(i => PortableMath.Exp(-i * i / (2 * deviation * deviation)))
        ];
        double sum = 0;
        foreach (double weight in kernel)
        {
            sum += weight;
        }

        return [.. kernel.Select(weight => weight / sum)];
    }

    private static void Blur(double[] plane, double[] kernel)
    {
        double[] rows = new double[plane.Length];
        for (int y = 0; y < Size; y++)
        {
            Convolve(plane, rows, y * Size, 1, kernel);
        }

        for (int x = 0; x < Size; x++)
        {
            Convolve(rows, plane, x, Size, kernel);
        }
    }

    private static void Convolve(double[] source, double[] target, int start, int step, double[] kernel)
    {
        int radius = kernel.Length / 2;
        for (int i = 0; i < Size; i++)
        {
            double sum = 0;
            for (int k = 0; k < kernel.Length; k++)
            {
                sum += kernel[k] * source[start + Math.Clamp(i + k - radius, 0, Size - 1) * step];
            }

            target[start + i * step] = sum;
        }
    }
}
