using SemiDefect.Anomaly.Encoders;
using SemiDefect.Anomaly.Search.Numerics;

namespace SemiDefect.Anomaly.Scoring;

/// <summary>
/// Gaussian smoothing of the patch scores of a view, normalized over the patches that exist: patches outside the view
/// or its layout have no weight. Separable, columns first, accumulated in float64 in the order of the taps. Stateless.
/// </summary>
internal static class ScoreSmoothing
{
    /// <summary>Smooths scores.</summary>
    /// <param name="values">One score per patch of the layout.</param>
    /// <param name="layout">The patches.</param>
    /// <param name="sigma">The standard deviation in patches; 0 returns the values as they are.</param>
    public static double[] Apply(double[] values, PatchLayout layout, double sigma)
    {
        if (sigma == 0 || values.Length == 0)
        {
            return values;
        }

        double[] weights = Weights(sigma);
        double[] scores = new double[layout.Height * layout.Width];
        double[] exists = new double[scores.Length];
        for (int i = 0; i < values.Length; i++)
        {
            scores[layout.PatchOf(i)] = values[i];
            exists[layout.PatchOf(i)] = 1;
        }

        scores = Blur(scores, layout, weights);
        exists = Blur(exists, layout, weights);
        double[] smoothed = new double[values.Length];
        for (int i = 0; i < smoothed.Length; i++)
        {
            int patch = layout.PatchOf(i);
            smoothed[i] = scores[patch] / exists[patch];
        }

        return smoothed;
    }

    private static double[] Blur(double[] source, PatchLayout layout, double[] weights)
    {
        (int height, int width, int radius) = (layout.Height, layout.Width, weights.Length / 2);
        double[] columns = new double[source.Length];
        double[] target = new double[source.Length];
        for (int y = 0; y < height; y++)
        {
            for (int tap = Math.Max(-radius, -y); tap <= Math.Min(radius, height - 1 - y); tap++)
            {
                for (int x = 0; x < width; x++)
                {
                    columns[y * width + x] += weights[tap + radius] * source[(y + tap) * width + x];
                }
            }

            for (int x = 0; x < width; x++)
            {
                for (int tap = Math.Max(-radius, -x); tap <= Math.Min(radius, width - 1 - x); tap++)
                {
                    target[y * width + x] += weights[tap + radius] * columns[y * width + x + tap];
                }
            }
        }

        return target;
    }

    // Truncated at four standard deviations, like the blur of the map.
    private static double[] Weights(double sigma)
    {
        int radius = (int)(4 * sigma + 0.5);
        double[] weights = new double[2 * radius + 1];
        for (int i = -radius; i <= radius; i++)
        {
            weights[i + radius] = PortableMath.Exp(-0.5 * i * i / (sigma * sigma));
        }

        return weights;
    }
}
