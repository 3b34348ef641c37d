using SemiDefect.Anomaly.Search.Numerics;

namespace SemiDefect.Anomaly.Evaluation.Rehearsals;

/// <summary>
/// Separable Gaussian blur of a plane of float64 values, mirrored at the border, cut off at three sigma. The sums run
/// in a fixed order: the same on every machine. Stateless.
/// </summary>
internal static class PlanarBlur
{
    /// <summary>The reach of the blur in pixels.</summary>
    public static int Radius(double sigma) => (int)Math.Ceiling(3 * sigma);

    /// <summary>Returns the blurred plane.</summary>
    public static double[] Apply(double[] values, int width, int height, double sigma)
    {
        double[] weights = Weights(sigma);
        int radius = weights.Length / 2;
        double[] rows = new double[values.Length];
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                double sum = 0;
                for (int tap = -radius; tap <= radius; tap++)
                {
                    sum += weights[tap + radius] * values[y * width + Mirror(x + tap, width)];
                }

                rows[y * width + x] = sum;
            }
        }

        double[] result = new double[values.Length];
        for (int y = 0; y < height; y++)
        {
            for (int tap = -radius; tap <= radius; tap++)
            {
                int from = Mirror(y + tap, height) * width;
                double weight = weights[tap + radius];
                for (int x = 0; x < width; x++)
                {
                    result[y * width + x] += weight * rows[from + x];
                }
            }
        }

        return result;
    }

    /// <summary>The position inside a line of this length that a position mirrors.</summary>
    public static int Mirror(int position, int length)
    {
        int period = 2 * length;
        int inside = (position % period + period) % period;
        return inside < length ? inside : period - 1 - inside;
    }

    private static double[] Weights(double sigma)
    {
        int radius = Radius(sigma);
        double[] weights = new double[2 * radius + 1];
        double sum = 0;
        for (int i = -radius; i <= radius; i++)
        {
            sum += weights[i + radius] = PortableMath.Exp(-0.5 * i * i / (sigma * sigma));
        }

        return [.. weights.Select(weight => weight / sum)];
    }
}
