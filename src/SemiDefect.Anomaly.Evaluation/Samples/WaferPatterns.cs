using SemiDefect.Anomaly.Evaluation.Wafers;
using SemiDefect.Anomaly.Search.Numerics;

namespace SemiDefect.Anomaly.Evaluation.Samples;

/// <summary>
/// Draws wafer maps: each die fails at random, with a probability that single failures and the patterns give. Distances
/// are in radii of the wafer. Stateless.
/// </summary>
internal static class WaferPatterns
{
    private const int FewestDies = 26;
    private const int MostDies = 58;

    /// <summary>The patterns, in ordinal order.</summary>
    public static IReadOnlyList<string> Names { get; } =
        ["Center", "Donut", "Edge-Loc", "Edge-Ring", "Loc", "Near-full", "Random", "Scratch"];

    /// <summary>Draws a map with some patterns, maybe none.</summary>
    public static WaferMap Draw(IReadOnlyList<string> patterns, SeededGenerator generator)
    {
        int rows = FewestDies + generator.NextInt32(MostDies - FewestDies + 1);
        int columns = Math.Clamp((int)(rows * generator.NextDouble(0.8, 1.25)), FewestDies, MostDies);
        var wafer = new Wafer(rows, columns);

        // Single failures, more of them towards the edge.
        double single = generator.NextDouble(0.01, 0.08);
        double slope = generator.NextDouble(0, 1.5);
        Func<double, double, double>[] fields = [.. patterns.Select(pattern => FieldOf(pattern, wafer, generator))];
        byte[] states = new byte[rows * columns];
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++)
            {
                (double x, double y) = wafer.PlaceOf(row, column);
                double square = x * x + y * y;
                if (square > 1)
                {
                    continue;
                }

                double passes = 1 - single * (1 + slope * square);
                foreach (Func<double, double, double> field in fields)
                {
                    passes *= 1 - field(x, y);
                }

                states[row * columns + column] = generator.NextDouble() < passes ? WaferMap.Pass : WaferMap.Fail;
            }
        }

        return new WaferMap(rows, columns, states);
    }

    // The probability of failing by the place of a die.
    private static Func<double, double, double> FieldOf(string pattern, Wafer wafer, SeededGenerator generator)
    {
        switch (pattern)
        {
            case "Center":
                return Blob(
                    generator,
                    generator.NextDouble(0, 0.12),
                    generator.NextDouble(0.2, 0.4),
                    generator.NextDouble(0.5, 0.95));
            case "Donut":
                return Donut(generator);
            case "Edge-Loc":
                return Edge(generator, generator.NextDouble(0.12, 0.28), generator.NextDouble(25, 100));
            case "Edge-Ring":
                return Edge(generator, generator.NextDouble(0.07, 0.16), generator.NextDouble(300, 360));
            case "Loc":
                return Blob(
                    generator,
                    generator.NextDouble(0.3, 0.62),
                    generator.NextDouble(0.12, 0.26),
                    generator.NextDouble(0.5, 0.95));
            case "Near-full":
                double most = generator.NextDouble(0.78, 0.98);
                return (_, _) => most;
            case "Random":
                double some = generator.NextDouble(0.2, 0.45);
                return (_, _) => some;
            default:
                return Scratch(wafer, generator);
        }
    }

    // An ellipse with a soft edge.
    private static Func<double, double, double> Blob(
        SeededGenerator generator, double distance, double radius, double height)
    {
        (double directionX, double directionY) = Direction(generator);
        (double axisX, double axisY) = Direction(generator);
        (double centerX, double centerY) = (distance * directionX, distance * directionY);
        double longer = radius * generator.NextDouble(1, 1.4);
        double shorter = radius * generator.NextDouble(0.75, 1);
        return (x, y) =>
        {
            double along = ((x - centerX) * axisX + (y - centerY) * axisY) / longer;
            double across = ((y - centerY) * axisX - (x - centerX) * axisY) / shorter;
            return height * Fall(Math.Sqrt(along * along + across * across));
        };
    }

    private static Func<double, double, double> Donut(SeededGenerator generator)
    {
        (double directionX, double directionY) = Direction(generator);
        double distance = generator.NextDouble(0, 0.15);
        double radius = generator.NextDouble(0.35, 0.6);
        double half = generator.NextDouble(0.1, 0.2);
        double height = generator.NextDouble(0.5, 0.9);
        return (x, y) =>
        {
            (double dx, double dy) = (x - distance * directionX, y - distance * directionY);
            return height * Fall(Math.Abs(Math.Sqrt(dx * dx + dy * dy) - radius) / half);
        };
    }

    private static Func<double, double, double> Edge(SeededGenerator generator, double width, double degrees)
    {
        (double directionX, double directionY) = Direction(generator);
        double cosine = PortableMath.Cos(degrees / 360 * Math.PI);
        double height = generator.NextDouble(0.5, 0.95);
        return (x, y) =>
        {
            double radius = Math.Sqrt(x * x + y * y);
            return x * directionX + y * directionY >= cosine * radius ? height * Fall((1 - radius) / width) : 0;
        };
    }

    // A thin curve, one to two dies wide.
    private static Func<double, double, double> Scratch(Wafer wafer, SeededGenerator generator)
    {
        const double Step = 0.01;
        (double x, double y) = Direction(generator);
        double distance = generator.NextDouble(0.1, 0.85);
        (x, y) = (distance * x, distance * y);
        double angle = generator.NextDouble(0, 2 * Math.PI);
        double turn = generator.NextDouble(-1.5, 1.5);
        double length = generator.NextDouble(0.5, 1.4);
        double half = generator.NextDouble(0.5, 0.9);
        double height = generator.NextDouble(0.7, 0.95);
        var points = new List<(double X, double Y)>();
        for (double at = 0; at < length; at += Step)
        {
            points.Add((x, y));
            (double nextX, double nextY) = (x + Step * PortableMath.Cos(angle), y + Step * PortableMath.Sin(angle));

            // At the edge it turns around rather than end: short ones cannot be told from single failures.
            bool isOut = nextX * nextX + nextY * nextY > 0.95;
            angle += isOut ? Math.PI / 2 : turn * Step;
            (x, y) = isOut ? (x, y) : (nextX, nextY);
        }

        return (dieX, dieY) =>
            points.Exists(point => wafer.IsWithin(point.X - dieX, point.Y - dieY, half)) ? height : 0;
    }

    // 1 inside, 0 from 1.15 on.
    private static double Fall(double distance) => Math.Clamp((1.15 - distance) / 0.3, 0, 1);

    private static (double X, double Y) Direction(SeededGenerator generator)
    {
        double angle = generator.NextDouble(0, 2 * Math.PI);
        return (PortableMath.Cos(angle), PortableMath.Sin(angle));
    }

    /// <summary>The grid of dies.</summary>
    private sealed record Wafer(int Rows, int Columns)
    {
        /// <summary>The center of a die, in radii from the center of the wafer.</summary>
        public (double X, double Y) PlaceOf(int row, int column) =>
            ((2 * column + 1.0) / Columns - 1, (2 * row + 1.0) / Rows - 1);

        /// <summary>Whether a distance, in radii, is within some dies.</summary>
        public bool IsWithin(double x, double y, double dies)
        {
            (double across, double down) = (x * Columns / 2, y * Rows / 2);
            return across * across + down * down <= dies * dies;
        }
    }
}
