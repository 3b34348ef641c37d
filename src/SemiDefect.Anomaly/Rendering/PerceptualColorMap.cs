using SemiDefect.Anomaly.Search.Numerics;

namespace SemiDefect.Anomaly.Rendering;

/// <summary>
/// 256 colors from dark violet over magenta and orange to bright yellow, computed in OKLCh. The lightness increases in
/// equal steps, so that the order is preserved in grayscale and with color blindness; the hue changes in one direction;
/// the chroma follows the maximum of sRGB, smoothed, so that no color stands out as a band. Conversion by B. Ottosson,
/// "A perceptual color space for image processing", 2020. The bytes are the same on every machine. Thread-safe.
/// </summary>
internal static class PerceptualColorMap
{
    /// <summary>The number of colors.</summary>
    public const int Count = 256;

    private const double FirstLightness = 0.22;
    private const double LastLightness = 0.93;
    private const double FirstHue = 285;
    private const double LastHue = 360 + 104;
    private const double ChromaShare = 0.95;
    private const int SmoothingRadius = 32;

    private static readonly byte[] Table = MakeTable();

    /// <summary>R, G, B of each color, the lowest first: 768 bytes.</summary>
    public static ReadOnlySpan<byte> Colors => Table;

    /// <summary>The linear sRGB components of an OKLCh color; outside 0..1 if sRGB cannot represent it.</summary>
    /// <param name="lightness">0 black to 1 white.</param>
    /// <param name="chroma">0 gray to about 0.3.</param>
    /// <param name="hue">The angle in radians.</param>
    internal static (double Red, double Green, double Blue) ToLinear(double lightness, double chroma, double hue)
    {
        double a = chroma * PortableMath.Cos(hue);
        double b = chroma * PortableMath.Sin(hue);
        double l = Cube(lightness + 0.3963377774 * a + 0.2158037573 * b);
        double m = Cube(lightness - 0.1055613458 * a - 0.0638541728 * b);
        double s = Cube(lightness - 0.0894841775 * a - 1.2914855480 * b);
        return (
            4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
            -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
            -0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s);
    }

    private static byte[] MakeTable()
    {
        var largest = new double[Count];
        for (int i = 0; i < Count; i++)
        {
            (double lightness, double hue) = At(i);
            largest[i] = LargestChroma(lightness, hue);
        }

        // A mean of minima never exceeds the value in the middle, so the color stays within sRGB.
        double[] chromas = Smooth(Smooth(largest, values => values.Min()), values => values.Sum() / values.Count);
        var table = new byte[3 * Count];
        for (int i = 0; i < Count; i++)
        {
            (double lightness, double hue) = At(i);
            (double red, double green, double blue) = ToLinear(lightness, ChromaShare * chromas[i], hue);
            table[3 * i] = Encode(red);
            table[3 * i + 1] = Encode(green);
            table[3 * i + 2] = Encode(blue);
        }

        return table;
    }

    private static (double Lightness, double Hue) At(int index)
    {
        double t = index / (double)(Count - 1);
        double hue = FirstHue + (LastHue - FirstHue) * t;
        return (FirstLightness + (LastLightness - FirstLightness) * t, hue * (Math.PI / 180));
    }

    private static double[] Smooth(double[] values, Func<ArraySegment<double>, double> combine)
    {
        var smooth = new double[values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            // The window narrows towards the ends, so that it stays centered.
            int radius = Math.Min(SmoothingRadius, Math.Min(i, values.Length - 1 - i));
            smooth[i] = combine(new ArraySegment<double>(values, i - radius, 2 * radius + 1));
        }

        return smooth;
    }

    private static double LargestChroma(double lightness, double hue)
    {
        double inside = 0;
        double outside = 0.5;
        for (int i = 0; i < 40; i++)
        {
            double middle = (inside + outside) / 2;
            (double red, double green, double blue) = ToLinear(lightness, middle, hue);
            bool shown = red is >= 0 and <= 1 && green is >= 0 and <= 1 && blue is >= 0 and <= 1;
            (inside, outside) = shown ? (middle, outside) : (inside, middle);
        }

        return inside;
    }

    private static double Cube(double x) => x * x * x;

    // The transfer function of sRGB (IEC 61966-2-1).
    private static byte Encode(double linear)
    {
        double value = linear <= 0.0031308 ? 12.92 * linear : 1.055 * PortableMath.Pow(linear, 1 / 2.4) - 0.055;
        return (byte)Math.Round(Math.Clamp(value, 0, 1) * 255);
    }
}
