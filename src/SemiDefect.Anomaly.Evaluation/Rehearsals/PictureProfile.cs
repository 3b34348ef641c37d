using SemiDefect.Anomaly.Imaging;

namespace SemiDefect.Anomaly.Evaluation.Rehearsals;

/// <summary>
/// What is known of a good picture before a defect is planted in it: its smooth part and what is left over (grain and
/// noise), the softness of its edges, and where the part lies. Immutable and thread-safe. Memory: about 60 bytes per
/// pixel.
/// </summary>
internal sealed class PictureProfile
{
    private const double ResidualScale = 0.6745;

    // Noise of standard deviation s gives the second difference below a standard deviation of 6 s.
    private const double DifferenceScale = 6;
    private const double LeastRange = 24;
    private const double EdgeShareOfRange = 0.15;
    private const double NoisesOfEdge = 6;

    private readonly PlaneSums _foreground;
    private readonly PlaneSums _luminance;

    /// <summary>Measures a picture.</summary>
    public PictureProfile(Image image)
    {
        Image = image;
        int pixels = image.Width * image.Height;
        double[] luminance = new double[pixels];
        bool isGray = true;
        for (int i = 0; i < pixels; i++)
        {
            (byte r, byte g, byte b) = (image.Rgb[3 * i], image.Rgb[3 * i + 1], image.Rgb[3 * i + 2]);
            luminance[i] = 0.25 * (r + 2 * g + b);
            isGray &= r == g && g == b;
        }

        Channels = isGray ? 1 : 3;
        bool[] foreground = Foreground.Find(image);
        _foreground = new PlaneSums([.. foreground.Select(on => on ? 1.0 : 0)], image.Width, image.Height);
        Noise = NoiseOf(luminance, image.Width, image.Height);
        double[] sorted = [.. luminance.Where((_, i) => foreground[i]).Order()];
        double Quantile(double share) => sorted[(int)(share * (sorted.Length - 1))];
        Range = Math.Max(LeastRange, Quantile(0.95) - Quantile(0.05));
        Edges = EdgeWidths.Measure(
            luminance, image.Width, image.Height, Math.Max(NoisesOfEdge * Noise, EdgeShareOfRange * Range));

        // What the optics can show is kept; grain and noise finer than that is the residual.
        double sigma = Math.Max(0.8, Edges[Edges.Length / 4]);
        Low = [.. Enumerable.Range(0, Channels).Select(channel => PlanarBlur.Apply(
            [.. Enumerable.Range(0, pixels).Select(i => (double)image.Rgb[3 * i + channel])],
            image.Width,
            image.Height,
            sigma))];
        _luminance = new PlaneSums(Low[Channels / 2], image.Width, image.Height);
    }

    /// <summary>The picture.</summary>
    public Image Image { get; }

    /// <summary>The channels to work on: 1 where all three are equal, else 3.</summary>
    public int Channels { get; }

    /// <summary>The standard deviation of the noise, in gray levels.</summary>
    public double Noise { get; }

    /// <summary>The distance of the 5 % and the 95 % quantile of the part's brightness, at least 24.</summary>
    public double Range { get; }

    /// <summary>The widths of the picture's edges, ascending; see <see cref="EdgeWidths"/>.</summary>
    public double[] Edges { get; }

    /// <summary>The smooth part of each channel.</summary>
    public double[][] Low { get; }

    /// <summary>What the smooth part leaves over at a pixel.</summary>
    public double High(int channel, int pixel) => Image.Rgb[3 * pixel + channel] - Low[channel][pixel];

    /// <summary>The share of a square that belongs to the part, 0 to 1.</summary>
    public double ForegroundOf(int left, int top, int size) => _foreground.MeanAndVariance(left, top, size).Mean;

    /// <summary>The mean and the variance of the smooth brightness of a square.</summary>
    public (double Mean, double Variance) BrightnessOf(int left, int top, int size) =>
        _luminance.MeanAndVariance(left, top, size);

    // By the median, so that structure does not count (Immerkaer 1996, who takes the mean).
    private static double NoiseOf(double[] values, int width, int height)
    {
        var residuals = new List<double>(values.Length);
        for (int y = 1; y < height - 1; y++)
        {
            for (int x = 1; x < width - 1; x++)
            {
                int i = y * width + x;
                residuals.Add(Math.Abs(
                    4 * values[i]
                        - 2 * (values[i - 1] + values[i + 1] + values[i - width] + values[i + width])
                        + (values[i - width - 1] + values[i - width + 1])
                        + (values[i + width - 1] + values[i + width + 1])));
            }
        }

        residuals.Sort();
        return residuals.Count == 0 ? 0 : residuals[residuals.Count / 2] / ResidualScale / DifferenceScale;
    }
}
