namespace SemiDefect.Anomaly.Evaluation.Samples;

/// <summary>
/// A radio-frequency die under a monochrome line camera: coils, capacitors, a power transistor and a slotted ground
/// plane. Stateless.
/// </summary>
internal static class RadioDie
{
    private static readonly Material Tape = Material.Gray(34, 0, 0.08);
    private static readonly Material Substrate = Material.Gray(84, 0.1, 0.05);
    private static readonly Material Keepout = Material.Gray(68, 0.05, 0.04);
    private static readonly Material Ground = Material.Gray(118, 0.35, 0.05);
    private static readonly Material Slot = Material.Gray(78, 0.05, 0.04);
    private static readonly Material TopMetal = Material.Gray(176, 0.9, 0.08);
    private static readonly Material LowMetal = Material.Gray(136, 0.5, 0.06);
    private static readonly Material PadMetal = Material.Gray(204, 0.8, 0.08);
    private static readonly Material PadRim = Material.Gray(158, 1, 0.05);
    private static readonly Material PadMark = Material.Gray(152, 0.7, 0.12);
    private static readonly Material Hole = Material.Gray(58, 0.2, 0.04);
    private static readonly Material Dielectric = Material.Gray(104, 0.45, 0.04);

    public static DiePattern Create()
    {
        var builder = new PatternBuilder();
        builder.Add(Rectangle.Between(8, 8, 248, 248, 1.5), Substrate);
        AddGround(builder);
        AddSealRing(builder);
        AddOctagonalCoil(builder, 88, 92, 42, 4);
        AddSquareCoil(builder, 182, 182, 31, 4);
        AddCapacitors(builder);
        AddTransistor(builder);
        AddMeander(builder);
        AddPads(builder);
        return builder.Build("radio-die", isColor: false, Tape, PadMark);
    }

    private static void AddGround(PatternBuilder builder)
    {
        builder.Add(Rectangle.Between(22, 22, 234, 234, 3), (x, y) =>
        {
            double offsetX = Math.Abs(x - 7 * Math.Floor(x / 7) - 3.5);
            double offsetY = Math.Abs(y - 7 * Math.Floor(y / 7) - 3.5);
            return Ground.Toward(Slot, Math.Clamp(1.6 - Math.Max(offsetX, offsetY), 0, 1));
        });
    }

    private static void AddSealRing(PatternBuilder builder)
    {
        builder.Add(new Rectangle(128, 128, 114, 114, 8).Outline(1.8), LowMetal);
        for (double along = 22; along <= 234; along += 5.3)
        {
            foreach ((double x, double y) in ((double, double)[])[(along, 14), (along, 242), (14, along), (242, along)])
            {
                builder.Add(Rectangle.Disc(x, y, 1), Hole);
            }
        }
    }

    private static void AddOctagonalCoil(
        PatternBuilder builder,
        double centerX,
        double centerY,
        double radius,
        int turns)
    {
        builder.Add(Rectangle.Disc(centerX, centerY, radius + 7), Keepout);

        // Corners of an octagon, as multiples of the distance from the center to a side.
        const double Corner = 0.41421356237309503;
        (double X, double Y)[] corners =
        [
            (1, -Corner), (1, Corner), (Corner, 1), (-Corner, 1), (-1, Corner), (-1, -Corner), (-Corner, -1),
            (Corner, -1)
        ];
        var points = new List<(double X, double Y)>
        {
            (centerX + radius + 14, centerY - radius * Corner),
            (centerX + radius, centerY - radius * Corner),
        };
        double inner = radius;
        for (int i = 1; i < 8 * turns; i++)
        {
            inner = radius - i / 8 * 7.6;
            (double x, double y) = corners[i % 8];
            points.Add((centerX + x * inner, centerY + y * inner));
        }

        (double endX, double endY) = points[^1];
        builder.AddTrace(LowMetal, 2.2, (endX, endY), (endX, centerY - radius - 12));
        builder.AddTrace(TopMetal, 2.4, [.. points]);
        builder.Add(new Rectangle(endX, endY, 2.6, 2.6), PadMetal);
        builder.Add(Rectangle.Disc(endX, endY, 1.2), Hole);
    }

    private static void AddSquareCoil(PatternBuilder builder, double centerX, double centerY, double radius, int turns)
    {
        builder.Add(new Rectangle(centerX, centerY, radius + 6, radius + 6, 3), Keepout);
        var points = new List<(double X, double Y)> { (centerX + radius + 10, centerY - radius) };
        for (int turn = 0; turn < turns; turn++)
        {
            double outer = radius - 6.4 * turn;
            double next = outer - 6.4;
            points.AddRange(
                [
                    (centerX - outer, centerY - outer),
                    (centerX - outer, centerY + outer),
                    (centerX + outer, centerY + outer),
                    (centerX + outer, centerY - next)
                ]);
        }

        points.Add((centerX, points[^1].Y));
        builder.AddTrace(LowMetal, 1.8, points[^1], (centerX, centerY + radius + 14));
        builder.AddTrace(TopMetal, 1.9, [.. points]);
        builder.AddVia(points[^1].X, points[^1].Y, 2.2, PadMetal, Hole);
    }

    private static void AddCapacitors(PatternBuilder builder)
    {
        for (int i = 0; i < 4; i++)
        {
            double left = 150 + 32 * (i % 2);
            double top = 48 + 38 * (i / 2);
            builder.Add(Rectangle.Between(left - 3, top - 3, left + 29, top + 33, 2), Keepout);
            builder.Add(Rectangle.Between(left, top, left + 26, top + 30, 1), LowMetal);
            builder.Add(Rectangle.Between(left + 2.5, top + 2.5, left + 23.5, top + 27.5, 1), Dielectric);
            builder.Add(Rectangle.Between(left + 5, top + 5, left + 21, top + 25, 1), TopMetal);
            for (int via = 0; via < 12; via++)
            {
                builder.Add(Rectangle.Disc(left + 8 + 5 * (via % 3), top + 8.5 + 4.5 * (via / 3), 1), Hole);
            }
        }

        builder.AddTrace(TopMetal, 1.6, (163, 44), (163, 52));
        builder.AddTrace(TopMetal, 1.6, (163, 75), (163, 90));
        builder.AddTrace(TopMetal, 1.6, (195, 75), (195, 90));
        builder.AddTrace(TopMetal, 1.6, (170, 63), (188, 63));
        builder.AddTrace(TopMetal, 1.6, (170, 101), (188, 101));
    }

    private static void AddTransistor(PatternBuilder builder)
    {
        builder.Add(Rectangle.Between(42, 156, 122, 214, 2), Keepout);
        builder.AddTrace(TopMetal, 2.6, (47, 162), (117, 162));
        builder.AddTrace(TopMetal, 2.6, (47, 208), (117, 208));
        builder.AddTrace(LowMetal, 1.3, (46, 185), (118, 185));
        for (int finger = 0; finger < 14; finger++)
        {
            double x = 49.5 + 5 * finger;
            builder.AddTrace(TopMetal, 1.2, (x, finger % 2 == 0 ? 162 : 169), (x, finger % 2 == 0 ? 201 : 208));
        }
    }

    private static void AddMeander(PatternBuilder builder)
    {
        builder.Add(Rectangle.Between(128, 160, 146, 214, 2), Keepout);
        var points = new List<(double X, double Y)> { (137, 146) };
        for (int i = 0; i < 8; i++)
        {
            double y = 165 + 6 * i;
            points.AddRange(i % 2 == 0 ? [(132, y), (142, y)] : [(142, y), (132, y)]);
        }

        points.Add((137, 213));
        builder.AddTrace(TopMetal, 1.3, [.. points]);
        builder.AddTrace(TopMetal, 2, (104, 146), (150, 146), (160, 136), (214, 136));
        builder.AddTrace(TopMetal, 2, (60, 156), (60, 150), (66, 146), (104, 146));
    }

    private static void AddPads(PatternBuilder builder)
    {
        for (int i = 0; i < 4; i++)
        {
            double along = 50 + 52 * i;
            builder.AddTrace(TopMetal, 2.2, (along, 31), (along, 44));
            builder.AddTrace(TopMetal, 2.2, (along, 225), (along, 212));
            builder.AddTrace(TopMetal, 2.2, (31, along), (42, along));
            builder.AddTrace(TopMetal, 2.2, (225, along), (214, along));
            foreach ((double x, double y) in ((double, double)[])[(along, 30), (30, along), (226, along), (along, 226)])
            {
                builder.AddPad(x, y, 9, PadRim, PadMetal);
            }

            foreach ((double x, double y) in ((double, double)[])[(along, 43), (42, along), (214, along), (along, 213)])
            {
                builder.AddVia(x, y, 2.2, PadMetal, Hole);
            }
        }
    }
}
