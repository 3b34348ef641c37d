using SemiDefect.Anomaly.Search.Numerics;

namespace SemiDefect.Anomaly.Evaluation.Rehearsals;

/// <summary>Draws the outlines of defects, centered at 0. Stateless.</summary>
internal static class SoftShape
{
    /// <summary>An ellipse with the longer axis <paramref name="size"/>, in any direction.</summary>
    public static Func<double, double, bool> Ellipse(double size, double slimmest, SeededGenerator generator)
    {
        double angle = generator.NextDouble(0, Math.PI);
        double slimness = generator.NextDouble(slimmest, 1);
        (double cos, double sin) = (PortableMath.Cos(angle), PortableMath.Sin(angle));
        return (x, y) =>
        {
            double along = (x * cos + y * sin) / (0.5 * size);
            double across = (y * cos - x * sin) / (0.5 * size * slimness);
            return along * along + across * across <= 1;
        };
    }

    /// <summary>A blot whose radius varies with the direction by three waves.</summary>
    public static Func<double, double, bool> Blot(double size, SeededGenerator generator)
    {
        double[] amplitudes =
        [
            0.2 * generator.NextDouble(), 0.14 * generator.NextDouble(), 0.1 * generator.NextDouble(),
        ];
        double[] phases = [generator.NextDouble(0, 6), generator.NextDouble(0, 6), generator.NextDouble(0, 6)];
        (double Cos, double Sin)[] turns =
            [.. phases.Select(phase => (PortableMath.Cos(phase), PortableMath.Sin(phase)))];
        return (x, y) =>
        {
            double distance = Math.Sqrt(x * x + y * y);
            (double cos, double sin) = distance == 0 ? (1, 0) : (x / distance, y / distance);
            double radius = 1;
            (double c, double s) = (cos, sin);
            for (int wave = 0; wave < 3; wave++)
            {
                // cos and sin of the multiple angle, by the addition theorem.
                (c, s) = (c * cos - s * sin, s * cos + c * sin);
                radius -= amplitudes[wave] * (1 - (c * turns[wave].Cos + s * turns[wave].Sin));
            }

            return distance <= 0.5 * size * Math.Max(0.3, radius);
        };
    }

    /// <summary>A line that changes its direction at a few places.</summary>
    public static Func<double, double, bool> Crack(double size, SeededGenerator generator)
    {
        const int Pieces = 5;
        double angle = generator.NextDouble(0, Math.PI);
        double width = Math.Max(1, size / 20) * generator.NextDouble(0.8, 1.6);
        (double cos, double sin) = (PortableMath.Cos(angle), PortableMath.Sin(angle));
        double half = 0.5 * (size - width);
        var points = new (double X, double Y)[Pieces + 1];
        for (int i = 0; i <= Pieces; i++)
        {
            double t = 2.0 * i / Pieces - 1;

            // The ends stay on the axis, so that the line keeps inside its square.
            double offset = (1 - t * t) * generator.NextDouble(-0.3, 0.3) * half;
            points[i] = (t * half * cos - offset * sin, t * half * sin + offset * cos);
        }

        double limit = 0.25 * width * width;
        return (x, y) =>
        {
            for (int i = 0; i < Pieces; i++)
            {
                if (SquaredDistance(points[i], points[i + 1], x, y) <= limit)
                {
                    return true;
                }
            }

            return false;
        };
    }

    private static double SquaredDistance((double X, double Y) from, (double X, double Y) to, double x, double y)
    {
        (double dx, double dy) = (to.X - from.X, to.Y - from.Y);
        double t = Math.Clamp(((x - from.X) * dx + (y - from.Y) * dy) / (dx * dx + dy * dy), 0, 1);
        (double px, double py) = (from.X + t * dx - x, from.Y + t * dy - y);
        return px * px + py * py;
    }
}
