using SemiDefect.Anomaly.Search.Numerics;

namespace SemiDefect.Anomaly.Evaluation.Samples;

/// <summary>
/// Puts one defect on a die. Two types change the die's own conductors (broken_line, out_line); the others add a
/// foreign mark of the shape in their name. Stateless.
/// </summary>
internal static class DefectMaker
{
    private const double NearEdge = 24;
    private const double FarEdge = DiePattern.Size - NearEdge;

    private static readonly Material DarkResidue = new(58, 48, 44, 0.5, 0.12);
    private static readonly Material BrownResidue = new(116, 78, 46, 0.7, 0.12);
    private static readonly Material BrightResidue = new(188, 182, 166, 0.9, 0.1);
    private static readonly Material Gouge = new(190, 186, 178, -0.2, 0.25);

    /// <summary>The types of defects, in ordinal order.</summary>
    public static IReadOnlyList<string> Types { get; } =
        [
            "broken_line", "circle", "diagonal_line", "dot", "out_line", "quarter_circle", "scratch", "semicircle",
            "short_line", "square_line", "thick_line", "thin_line"
        ];

    /// <summary>Puts one defect of the given type on the die.</summary>
    public static Defect Apply(string type, DiePattern pattern, SeededGenerator generator)
    {
        switch (type)
        {
            case "broken_line":
                return new Defect(BreakTrace(pattern, generator), null);
            case "out_line":
                return new Defect(DivertTrace(pattern, generator), null);
            case "scratch":
                return new Defect([.. pattern.Elements, .. Scratch(generator)], null);
            default:
                Shape figure = Figure(type, generator);
                return new Defect([.. pattern.Elements, Mark(figure, generator)], figure);
        }
    }

    private static Shape Figure(string type, SeededGenerator generator) => type switch
    {
        "circle" =>
            Around(
                generator,
                (x, y) => Rectangle.Disc(x, y, generator.NextDouble(5, 15)).Outline(generator.NextDouble(0.9, 1.7))),
        "semicircle" => Around(generator, (x, y) => Bow(x, y, generator, Math.PI / 2)),
        "quarter_circle" => Around(generator, (x, y) => Bow(x, y, generator, Math.PI / 4)),
        "square_line" => Around(generator, (x, y) => Square(x, y, generator).Outline(generator.NextDouble(0.9, 1.6))),
        "dot" =>
            Around(
                generator, (x, y) => Rectangle.Disc(x, y, 0.6 + 3.2 * generator.NextDouble() * generator.NextDouble())),
        "diagonal_line" =>
            Line(
                generator,
                generator.NextDouble(28, 80),
                generator.NextDouble(0.8, 1.4),
                Math.PI / 4 * (1 + 2 * generator.NextInt32(2)) + generator.NextDouble(-0.12, 0.12)),
        "short_line" =>
            Line(generator, generator.NextDouble(9, 17), generator.NextDouble(1.1, 1.7), AnyAngle(generator)),
        "thick_line" =>
            Line(generator, generator.NextDouble(20, 60), generator.NextDouble(2.2, 3.6), AnyAngle(generator)),
        "thin_line" =>
            Line(generator, generator.NextDouble(35, 100), generator.NextDouble(0.45, 0.65), AnyAngle(generator)),
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "There is no such type of defect."),
    };

    private static Element Mark(Shape shape, SeededGenerator generator)
    {
        Material material = generator.NextInt32(5) switch
        {
            0 or 1 => DarkResidue,
            2 => BrownResidue,
            _ => BrightResidue,
        };
        Shape rough = shape.Roughened(new ValueNoise(generator, 3), generator.NextDouble(0.1, 0.35));
        return new Element(
            rough,
            material,
            generator.NextInt32(5) == 0 ? generator.NextDouble(0.55, 0.75) : generator.NextDouble(0.8, 1),
            generator.NextDouble(1, 1.4));
    }

    private static T Around<T>(SeededGenerator generator, Func<double, double, T> make)
    {
        double x = generator.NextDouble(NearEdge, FarEdge);
        return make(x, generator.NextDouble(NearEdge, FarEdge));
    }

    private static double AnyAngle(SeededGenerator generator) => generator.NextDouble(0, Math.PI);

    private static Arc Bow(double x, double y, SeededGenerator generator, double halfSweep) =>
        new(
            x,
            y,
            generator.NextDouble(11, 22),
            generator.NextDouble(1, 1.8),
            generator.NextDouble(0, 2 * Math.PI),
            halfSweep);

    private static Rectangle Square(double x, double y, SeededGenerator generator)
    {
        double half = generator.NextDouble(5, 14);
        double angle = generator.NextDouble(-0.2, 0.2);
        return new Rectangle(x, y, half, half, 0, (PortableMath.Cos(angle), PortableMath.Sin(angle)));
    }

    private static Polyline Line(SeededGenerator generator, double length, double halfWidth, double angle)
    {
        double reachX = PortableMath.Cos(angle) * length / 2;
        double reachY = PortableMath.Sin(angle) * length / 2;
        double x = generator.NextDouble(NearEdge + Math.Abs(reachX), FarEdge - Math.Abs(reachX));
        double y = generator.NextDouble(NearEdge + Math.Abs(reachY), FarEdge - Math.Abs(reachY));
        return new Polyline(halfWidth, (x - reachX, y - reachY), (x + reachX, y + reachY));
    }

    /// <summary>A bent line of varying width and strength, sometimes with a fainter one beside it.</summary>
    private static IEnumerable<Element> Scratch(SeededGenerator generator)
    {
        double angle = AnyAngle(generator);
        double length = generator.NextDouble(30, 90);
        double bend = generator.NextDouble(-0.12, 0.12);
        double alongX = PortableMath.Cos(angle);
        double alongY = PortableMath.Sin(angle);
        double reachX = Math.Abs(alongX) * length / 2 + 8;
        double reachY = Math.Abs(alongY) * length / 2 + 8;
        double centerX = generator.NextDouble(NearEdge + reachX, FarEdge - reachX);
        double centerY = generator.NextDouble(NearEdge + reachY, FarEdge - reachY);
        int strokes = 1 + generator.NextInt32(2);
        for (int stroke = 0; stroke < strokes; stroke++)
        {
            double strength = stroke == 0 ? generator.NextDouble(0.6, 1) : generator.NextDouble(0.3, 0.5);
            double aside = stroke * generator.NextDouble(2.5, 4);
            double end = length * (stroke == 0 ? 0.5 : generator.NextDouble(0.1, 0.35));
            const int Pieces = 9;
            (double X, double Y) previous = default;
            for (int i = 0; i <= Pieces; i++)
            {
                double along = end * (2.0 * i / Pieces - 1);
                double across = aside + bend * (along * along / length - length / 4) + generator.NextDouble(-0.5, 0.5);
                (double X, double Y) point =
                    (centerX + along * alongX - across * alongY, centerY + along * alongY + across * alongX);
                if (i > 0)
                {
                    yield return new Element(
                        new Polyline(generator.NextDouble(0.5, 1.1), previous, point),
                        Gouge,
                        strength * generator.NextDouble(0.5, 1));
                }

                previous = point;
            }
        }
    }

    private static List<Element> BreakTrace(DiePattern pattern, SeededGenerator generator)
    {
        var elements = new List<Element>(pattern.Elements);
        (int index, Polyline trace, Spot spot) = PickSpot(pattern, generator, generator.NextDouble(6, 12), margin: 2);
        double slant = generator.NextDouble(-0.35, 0.35);
        double cosine = PortableMath.Cos(slant);
        double sine = PortableMath.Sin(slant);
        (double X, double Y) along =
            (spot.AlongX * cosine - spot.AlongY * sine, spot.AlongX * sine + spot.AlongY * cosine);
        var gap = new Rectangle(spot.X, spot.Y, spot.Length / 2, trace.HalfWidth + 2, 0, along);
        elements[index] =
            elements[index] with { Shape = trace.Without(gap.Roughened(new ValueNoise(generator, 1.5), 0.5)) };
        return elements;
    }

    /// <summary>A conductor that makes a detour, or that has a branch leading nowhere.</summary>
    private static List<Element> DivertTrace(DiePattern pattern, SeededGenerator generator)
    {
        var elements = new List<Element>(pattern.Elements);
        (int index, Polyline trace, Spot spot) = PickSpot(pattern, generator, generator.NextDouble(9, 18), margin: 0.5);
        double side = generator.NextInt32(2) == 0 ? 1 : -1;
        double offset = side * (2 * trace.HalfWidth + generator.NextDouble(1.5, 4));
        double half = spot.Length / 2;
        Material material = elements[index].Paint(spot.X, spot.Y);
        if (generator.NextInt32(3) == 0)
        {
            var branch = new Polyline(
                trace.HalfWidth, spot.At(-half, 0), spot.At(half * generator.NextDouble(0, 0.5), offset * 1.6));
            elements.Insert(index + 1, new Element(branch, material));
            return elements;
        }

        double ramp = Math.Min(half - 1, Math.Abs(offset));
        var gap = new Rectangle(
            spot.X, spot.Y, half - trace.HalfWidth, trace.HalfWidth + 1.5, 0, (spot.AlongX, spot.AlongY));
        var detour = new Polyline(
            trace.HalfWidth,
            spot.At(-half, 0),
            spot.At(ramp - half, offset),
            spot.At(half - ramp, offset),
            spot.At(half, 0));
        elements[index] = elements[index] with { Shape = trace.Without(gap) };
        elements.Insert(index + 1, new Element(detour, material));
        return elements;
    }

    /// <summary>
    /// A straight section of a conductor from which <paramref name="length"/> can be removed; longer sections are more
    /// likely.
    /// </summary>
    private static (int Index, Polyline Trace, Spot Spot) PickSpot(
        DiePattern pattern,
        SeededGenerator generator,
        double length,
        double margin)
    {
        var candidates = new List<(int Index, Polyline Trace, int Segment, double Length)>();
        double total = 0;
        foreach (int index in pattern.Traces)
        {
            var trace = (Polyline)pattern.Elements[index].Shape;
            for (int segment = 1; segment < trace.Points.Length; segment++)
            {
                double dx = trace.Points[segment].X - trace.Points[segment - 1].X;
                double dy = trace.Points[segment].Y - trace.Points[segment - 1].Y;
                double segmentLength = Math.Sqrt(dx * dx + dy * dy);
                if (segmentLength >= length + 2 * margin)
                {
                    candidates.Add((index, trace, segment, segmentLength));
                    total += segmentLength;
                }
            }
        }

        double pick = generator.NextDouble() * total;
        int chosen = 0;
        while (chosen < candidates.Count - 1 && pick >= candidates[chosen].Length)
        {
            pick -= candidates[chosen].Length;
            chosen++;
        }

        (int found, Polyline line, int end, double whole) = candidates[chosen];
        (double fromX, double fromY) = line.Points[end - 1];
        double alongX = (line.Points[end].X - fromX) / whole;
        double alongY = (line.Points[end].Y - fromY) / whole;
        double at = generator.NextDouble(margin + length / 2, whole - margin - length / 2);
        return (found, line, new Spot(fromX + at * alongX, fromY + at * alongY, alongX, alongY, length));
    }

    /// <summary>The center of a section, its direction and its length.</summary>
    private readonly record struct Spot(double X, double Y, double AlongX, double AlongY, double Length)
    {
        public (double X, double Y) At(double along, double across) =>
            (X + along * AlongX - across * AlongY, Y + along * AlongY + across * AlongX);
    }
}
