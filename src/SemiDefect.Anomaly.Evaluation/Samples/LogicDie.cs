using SemiDefect.Anomaly.Search.Numerics;

namespace SemiDefect.Anomaly.Evaluation.Samples;

/// <summary>
/// A small microcontroller under a color microscope: two memories, an array of logic cells, analog parts and a bus.
/// Stateless.
/// </summary>
internal static class LogicDie
{
    private static readonly Material Street = new(58, 54, 60, 0, 0.05);
    private static readonly Material Silicon = new(40, 62, 92, 0.1, 0.025);
    private static readonly Material Well = new(52, 52, 96, 0.1, 0.04);
    private static readonly Material Metal = new(176, 166, 138, 0.6, 0.06);
    private static readonly Material Copper = new(158, 116, 82, 0.5, 0.05);
    private static readonly Material PadRim = new(186, 168, 120, 0.8, 0.06);
    private static readonly Material PadOpening = new(216, 202, 162, 0.7, 0.05);
    private static readonly Material PadMark = new(162, 146, 112, 0.5, 0.1);
    private static readonly Material Via = new(226, 214, 180, 0.8, 0.03);
    private static readonly Material ViaHole = new(70, 62, 56, 0.2, 0.03);
    private static readonly Material MemoryLow = new(74, 48, 104, 0.1, 0.03);
    private static readonly Material MemoryHigh = new(148, 112, 150, 0.3, 0.04);
    private static readonly Material Decoder = new(62, 110, 112, 0.3, 0.04);
    private static readonly Material CellLow = new(46, 84, 80, 0.2, 0.04);
    private static readonly Material CellHigh = new(118, 142, 104, 0.35, 0.04);
    private static readonly Material Plate = new(120, 104, 150, 0.5, 0.03);

    public static DiePattern Create()
    {
        var builder = new PatternBuilder();
        builder.Add(Rectangle.Between(9, 9, 247, 247, 2), Silicon);
        builder.Add(new Rectangle(128, 128, 114.5, 114.5, 7).Outline(1.3), Metal);
        builder.Add(new Rectangle(128, 128, 109.5, 109.5, 6).Outline(0.6), Copper);
        AddCorners(builder);
        AddPadRing(builder);
        AddMemory(builder, 46, 48, 112, 100);
        AddMemory(builder, 150, 48, 208, 92);
        AddLogic(builder, 46, 126, 128, 208);
        AddFingers(builder, 156, 112, 208, 146);
        AddCapacitors(builder, 156, 158);
        AddBus(builder);
        return builder.Build("logic-die", isColor: true, Street, PadMark);
    }

    private static void AddCorners(PatternBuilder builder)
    {
        builder.Add(Rectangle.Disc(28, 28, 4), Metal);
        foreach ((double x, double y) in ((double, double)[])[(228, 28), (28, 228), (228, 228)])
        {
            builder.Add(new Rectangle(x, y, 5, 1), Copper);
            builder.Add(new Rectangle(x, y, 1, 5), Copper);
        }
    }

    private static void AddPadRing(PatternBuilder builder)
    {
        for (int i = 0; i < 8; i++)
        {
            double along = 44 + 24 * i;

            // Every wire leaves its pad straight, and shifts by half a slot before it enters the core.
            double aside = along + (i % 2 == 0 ? 5 : -5);
            builder.AddTrace(Metal, 1.3, (along, 34), (along, 36), (aside, 41), (aside, 44));
            builder.AddTrace(Metal, 1.3, (34, along), (36, along), (40, aside), (43, aside));
            builder.AddTrace(Metal, 1.3, (222, along), (220, along), (216, aside), (212, aside));
            builder.AddTrace(Metal, 1.3, (along, 222), (along, 219), (aside, 214), (aside, 211.5));
            foreach ((double x, double y)
                in ((double, double)[])[(aside, 43.5), (42, aside), (213, aside), (aside, 212.5)])
            {
                builder.AddVia(x, y, 1.8, Via, ViaHole);
            }

            foreach ((double x, double y) in ((double, double)[])[(along, 27), (27, along), (229, along), (along, 229)])
            {
                builder.AddPad(x, y, 7.5, PadRim, PadOpening);
            }
        }
    }

    private static void AddMemory(PatternBuilder builder, double left, double top, double right, double bottom)
    {
        builder.Add(Rectangle.Between(left - 2, top - 2, right + 2, bottom + 2, 1), Well);
        builder.Add(Rectangle.Between(left, top, right, bottom), (x, y) =>
        {
            // Bit lines every 3 pixels, crossed by a word line every 4; a strap replaces every 8th bit line.
            double bit = Stripe(x - left, 3, 0.8);
            double word = Stripe(y - top, 4, 1.1);
            double strap = Stripe(x - left, 24, 1);
            return MemoryLow.Toward(MemoryHigh, 0.85 * bit * (1 - 0.55 * word)).Toward(Decoder, 0.9 * strap);
        });
        double middle = (top + bottom) / 2;
        builder.Add(
            Rectangle.Between(left, middle - 3, right, middle + 3),
            (x, _) => Decoder.Brighter(1 - 0.3 * Stripe(x - left, 6, 1)));
        builder.Add(Rectangle.Between(left, top, right, bottom).Outline(0.6), Copper);
    }

    private static void AddLogic(PatternBuilder builder, double left, double top, double right, double bottom)
    {
        var generator = new SeededGenerator(20261);
        builder.Add(Rectangle.Between(left - 2, top - 2, right + 2, bottom + 2, 1), Well);
        const double RowHeight = 8.2;
        for (double y = top; y + RowHeight <= bottom + 0.1; y += RowHeight)
        {
            for (double x = left; x < right - 2;)
            {
                double width = Math.Min(2.5 + generator.NextInt32(5) * 1.5, right - x);
                Material cell = CellLow.Toward(CellHigh, generator.NextDouble());
                builder.Add(Rectangle.Between(x + 0.3, y + 1, x + width - 0.3, y + RowHeight - 1), cell);
                if (width > 4)
                {
                    builder.Add(
                        Rectangle.Between(x + 1.2, y + 3.4, x + width - 1.2, y + RowHeight - 3.4), cell.Brighter(0.62));
                }

                x += width;
            }

            builder.AddTrace(Copper, 0.6, (left, y), (right, y));
        }

        builder.AddTrace(Copper, 0.6, (left, bottom), (right, bottom));
        for (double x = left + 20.5; x < right - 5; x += 20.5)
        {
            builder.AddTrace(Metal, 1.4, (x, top - 1), (x, bottom + 1));
        }
    }

    private static void AddFingers(PatternBuilder builder, double left, double top, double right, double bottom)
    {
        builder.Add(Rectangle.Between(left - 2, top - 2, right + 2, bottom + 2, 1), Well);
        builder.AddTrace(Metal, 2, (left + 2, top + 2), (right - 2, top + 2));
        builder.AddTrace(Metal, 2, (left + 2, bottom - 2), (right - 2, bottom - 2));
        int finger = 0;
        for (double x = left + 4; x <= right - 3; x += 4.4)
        {
            builder.AddTrace(
                Metal, 1, (x, finger % 2 == 0 ? top + 2 : top + 7), (x, finger % 2 == 0 ? bottom - 7 : bottom - 2));
            finger++;
        }
    }

    private static void AddCapacitors(PatternBuilder builder, double left, double top)
    {
        for (int row = 0; row < 2; row++)
        {
            for (int column = 0; column < 2; column++)
            {
                double x = left + 28 * column;
                double y = top + 27 * row;
                builder.Add(Rectangle.Between(x, y, x + 24, y + 22, 1.5), Copper);
                builder.Add(Rectangle.Between(x + 2.5, y + 2.5, x + 21.5, y + 19.5, 1), Plate);
                builder.AddVia(x + 6, y + 6, 1.6, Via, ViaHole);
                builder.AddVia(x + 18, y + 6, 1.6, Via, ViaHole);
                builder.AddVia(x + 6, y + 16, 1.6, Via, ViaHole);
                builder.AddVia(x + 18, y + 16, 1.6, Via, ViaHole);
            }
        }
    }

    private static void AddBus(PatternBuilder builder)
    {
        for (int line = 0; line < 5; line++)
        {
            // Nested bends: the line nearest to the memory turns first.
            double x = 117 + 4.4 * line;
            double y = 104.4 + 4 * line;
            builder.AddTrace(Metal, 1.1, (x, 46), (x, y - 3), (x - 3, y), (52 + 9 * line, y));
            builder.AddVia(52 + 9 * line, y, 1.9, Via, ViaHole);
            builder.AddVia(x, 46 + 5 * (line % 2), 1.9, Via, ViaHole);
        }

        for (int line = 0; line < 4; line++)
        {
            double x = 151 - 4.2 * line;
            double y = 108 - 4.2 * line;
            builder.AddTrace(Metal, 1.1, (x, 206), (x, y + 3), (x + 3, y), (204 - 11 * line, y));
            builder.AddVia(204 - 11 * line, y, 1.9, Via, ViaHole);
            builder.AddVia(x, 206 - 9 * line, 1.9, Via, ViaHole);
        }
    }

    /// <summary>1 in the center of repeated stripes, falling to 0 within a pixel at their edges.</summary>
    private static double Stripe(double at, double pitch, double halfWidth)
    {
        double offset = at - pitch * Math.Floor(at / pitch) - pitch / 2;
        return Math.Clamp(halfWidth + 0.5 - Math.Abs(offset), 0, 1);
    }
}
