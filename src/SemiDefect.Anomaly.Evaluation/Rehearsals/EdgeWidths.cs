namespace SemiDefect.Anomaly.Evaluation.Rehearsals;

/// <summary>
/// Measures how soft the edges of a picture are. An edge of height A that a Gaussian of width s has blurred has the
/// slope A / (s sqrt(2 pi)), so height and slope give the width. Stateless.
/// </summary>
internal static class EdgeWidths
{
    private const int Reach = 16;
    private const int FewestEdges = 20;
    private const double SqrtTwoPi = 2.5066282746310002;

    // The variances of the kernel (1, 2, 1) / 4, which keeps noise from looking like sharp edges, and of the difference
    // over two pixels.
    private const double SmoothingVariance = 0.5 + 1.0 / 3;
    private const double Sharpest = 0.4;
    private const double Softest = 6;
    private const double WithoutEdges = 0.7;

    /// <summary>The widths (sigma in pixels) of the clear edges, ascending; at least one.</summary>
    /// <param name="luminance">The picture.</param>
    /// <param name="width">Pixels per row.</param>
    /// <param name="height">Rows.</param>
    /// <param name="leastHeight">The height, in gray levels, from which an edge is clear.</param>
    public static double[] Measure(double[] luminance, int width, int height, double leastHeight)
    {
        double[] smooth = Smooth(luminance, width, height);
        var widths = new List<double>();
        for (int y = 2; y < height - 2; y++)
        {
            for (int x = 2; x < width - 2; x++)
            {
                int i = y * width + x;
                double across = Math.Abs(smooth[i + 1] - smooth[i - 1]);
                double along = Math.Abs(smooth[i + width] - smooth[i - width]);
                (int step, int before, int after) = across >= along
                    ? (1, x, width - 1 - x)
                    : (width, y, height - 1 - y);
                double slope = 0.5 * Math.Max(across, along);
                if (slope * Softest * SqrtTwoPi >= leastHeight && IsSteepest(smooth, i, step, slope))
                {
                    double edge = Rise(smooth, i, step, before, after);
                    if (edge >= leastHeight)
                    {
                        double sigma = edge / (slope * SqrtTwoPi);
                        double own = Math.Sqrt(Math.Max(0, sigma * sigma - SmoothingVariance));
                        widths.Add(Math.Clamp(own, Sharpest, Softest));
                    }
                }
            }
        }

        return widths.Count < FewestEdges ? [WithoutEdges] : [.. widths.Order()];
    }

    private static bool IsSteepest(double[] values, int i, int step, double slope) =>
        0.5 * Math.Abs(values[i] - values[i - 2 * step]) <= slope
            && 0.5 * Math.Abs(values[i + 2 * step] - values[i]) < slope;

    // The height of the monotonic run through the pixel.
    private static double Rise(double[] values, int i, int step, int before, int after)
    {
        double sign = values[i + step] >= values[i - step] ? 1 : -1;
        int low = i;
        for (int k = 0; k < Math.Min(before, Reach) && sign * (values[low] - values[low - step]) > 0; k++)
        {
            low -= step;
        }

        int high = i;
        for (int k = 0; k < Math.Min(after, Reach) && sign * (values[high + step] - values[high]) > 0; k++)
        {
            high += step;
        }

        return sign * (values[high] - values[low]);
    }

    private static double[] Smooth(double[] values, int width, int height)
    {
        double[] rows = new double[values.Length];
        double[] result = new double[values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            int x = i % width;
            rows[i] = 0.25 * (values[i - (x > 0 ? 1 : 0)] + 2 * values[i] + values[i + (x < width - 1 ? 1 : 0)]);
        }

        for (int i = 0; i < values.Length; i++)
        {
            int y = i / width;
            result[i] =
                0.25 * (rows[i - (y > 0 ? width : 0)] + 2 * rows[i] + rows[i + (y < height - 1 ? width : 0)]);
        }

        return result;
    }
}
