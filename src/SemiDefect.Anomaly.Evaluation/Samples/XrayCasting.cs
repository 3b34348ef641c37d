using SemiDefect.Anomaly.Search.Numerics;

namespace SemiDefect.Anomaly.Evaluation.Samples;

/// <summary>
/// Renders X-ray pictures of a casting: intensity falls exponentially with the thickness of metal (Beer and Lambert),
/// and has noise that grows with its square root, as that of counted photons. Stateless.
/// </summary>
internal static class XrayCasting
{
    public const int Side = 256;
    public const int Bits = 12;

    private const int Highest = (1 << Bits) - 1;
    private const double Open = 3_700;
    private const double Attenuation = 0.055;
    private const double NoiseAtOpen = 14;

    // Changes of thickness below this are not marked: they are far below the noise.
    private const double LeastMarked = 0.12;

    /// <summary>The types of defects.</summary>
    public static IReadOnlyList<string> Types { get; } = ["crack", "inclusion", "pore", "shrinkage"];

    /// <summary>Renders a picture.</summary>
    /// <param name="type">The type of defect; null for a good part.</param>
    /// <param name="seed">The seed.</param>
    /// <returns>Samples of 12 bits, and a mask with 255 on the defect.</returns>
    public static (ushort[] Samples, byte[] Mask) Render(string? type, ulong seed)
    {
        var generator = new SeededGenerator(seed);
        double shiftX = generator.NextDouble(-2, 2);
        double shiftY = generator.NextDouble(-2, 2);
        double angle = generator.NextDouble(-0.008, 0.008);
        double exposure = generator.NextDouble(0.985, 1.015);
        var unevenness = new ValueNoise(generator, 37);
        double[] defect = type is null ? new double[Side * Side] : Defect(type, generator);
        var samples = new ushort[Side * Side];
        var mask = new byte[Side * Side];
        (double cos, double sin) = (PortableMath.Cos(angle), PortableMath.Sin(angle));
        for (int i = 0; i < samples.Length; i++)
        {
            (double px, double py) = (i % Side - 127.5, i / Side - 127.5);
            double x = cos * px + sin * py + shiftX;
            double y = cos * py - sin * px + shiftY;
            double thickness = Thickness(x, y);
            double missing = thickness > 1 ? defect[i] : 0;
            double path = Math.Max(0, thickness + 0.25 * unevenness.At(i % Side, i / Side) - missing);
            double intensity = exposure * Open * PortableMath.Exp(-Attenuation * path);
            double noise = NoiseAtOpen * Math.Sqrt(intensity / Open) * generator.NextGaussian();
            samples[i] = (ushort)Math.Clamp(Math.Round(intensity + noise), 0, Highest);
            mask[i] = (byte)(Math.Abs(missing) > LeastMarked ? 255 : 0);
        }

        return (samples, mask);
    }

    // In millimeters of aluminum: a plate with a rounded rim, two ribs, and a boss around a bore.
    private static double Thickness(double x, double y)
    {
        double plate = Edge(104 - Math.Abs(x)) * Edge(104 - Math.Abs(y));
        double ribs = 6 * Edge(7 - Math.Abs(x - 0.35 * y + 52)) + 6 * Edge(6 - Math.Abs(y - 58));
        double distance = Math.Sqrt((x - 34) * (x - 34) + (y + 30) * (y + 30));
        double boss = 7 * Edge(36 - distance);
        double bore = Edge(19 - distance);
        return plate * (12 + ribs + boss) * (1 - bore);
    }

    // 0 outside, 1 inside, over 6 pixels.
    private static double Edge(double inside)
    {
        double t = Math.Clamp(inside / 6 + 0.5, 0, 1);
        return t * t * (3 - 2 * t);
    }

    // By how many millimeters the path through the metal is shorter; negative where something dense was cast in.
    private static double[] Defect(string type, SeededGenerator generator)
    {
        double[] missing = new double[Side * Side];
        (double x, double y) = Place(generator);
        switch (type)
        {
            case "pore":
                Bubble(missing, x, y, generator.NextDouble(4, 7), generator.NextDouble(1.2, 2));
                break;
            case "inclusion":
                Bubble(missing, x, y, generator.NextDouble(3, 5), -generator.NextDouble(1.2, 2));
                break;
            case "shrinkage":
                for (int i = 0; i < 24; i++)
                {
                    Bubble(
                        missing,
                        x + 7 * generator.NextGaussian(),
                        y + 7 * generator.NextGaussian(),
                        generator.NextDouble(2, 4),
                        generator.NextDouble(0.4, 0.9));
                }

                break;
            default:
                double direction = generator.NextDouble(0, 3.14);
                for (int i = 0; i < 60; i++)
                {
                    Bubble(missing, x, y, 1.6, 1);
                    x += PortableMath.Cos(direction);
                    y += PortableMath.Sin(direction);
                    direction += 0.12 * generator.NextGaussian();
                }

                break;
        }

        return missing;
    }

    // On the plate, a rib or the boss, away from the rim and the bore.
    private static (double X, double Y) Place(SeededGenerator generator)
    {
        while (true)
        {
            double x = generator.NextDouble(-85, 85);
            double y = generator.NextDouble(-85, 85);
            if ((x - 34) * (x - 34) + (y + 30) * (y + 30) > 30 * 30)
            {
                return (x + 127.5, y + 127.5);
            }
        }
    }

    // An ellipsoid: the path through it is longest in the middle. Of several, the longest path counts.
    private static void Bubble(double[] missing, double x, double y, double radius, double depth)
    {
        int reach = (int)Math.Ceiling(radius);
        for (int row = (int)y - reach; row <= (int)y + reach + 1; row++)
        {
            for (int column = (int)x - reach; column <= (int)x + reach + 1; column++)
            {
                double share = 1 - ((column - x) * (column - x) + (row - y) * (row - y)) / (radius * radius);
                if (share > 0 && row is >= 0 and < Side && column is >= 0 and < Side)
                {
                    int i = row * Side + column;
                    double length = depth * Math.Sqrt(share);
                    missing[i] = Math.Abs(length) > Math.Abs(missing[i]) ? length : missing[i];
                }
            }
        }
    }
}
