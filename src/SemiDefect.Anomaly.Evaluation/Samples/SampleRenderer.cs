using System.Diagnostics;
using SemiDefect.Anomaly.Search.Numerics;

namespace SemiDefect.Anomaly.Evaluation.Samples;

/// <summary>Renders the images. Stateless.</summary>
internal static class SampleRenderer
{
    private const int Attempts = 200;

    // A pixel belongs to the mask if the defect changes it by at least a fifth of its strongest change, so that the
    // lens blur does not widen the mask; but never by less than several times the sensor noise, and always if the
    // change is obvious.
    private const double NoticeableShare = 0.2;
    private const double LeastNoticeable = 6;
    private const double AlwaysNoticeable = 14;

    // A defect that changes no pixel by this much, or too few pixels, is drawn again: a careful observer must be able
    // to find it.
    private const double LeastPeak = 40;
    private const double LeastShownShare = 0.85;
    private const int LeastArea = 3;
    private const int LeastLineArea = 9;

    // Of dies with several defects.
    private const int MostDefects = 8;
    private const int FurtherDots = 6;
    private const double Gap = 6.0 / DiePattern.Size;

    /// <summary>Renders a good die; the index is that of a training image.</summary>
    public static SampleImage RenderGood(DiePattern pattern, ulong seed, int? trainIndex)
    {
        var generator = new SeededGenerator(seed);
        var conditions = new Conditions(
            trainIndex is { } index ? Placement.Even(index) : Placement.Random(generator), generator);
        pattern = Probed(pattern, conditions);
        return new SampleImage(Camera.Expose(Develop(pattern, pattern.Elements, conditions), conditions), null);
    }

    /// <summary>Renders a die with one defect: exactly the image of a good die except for the defect.</summary>
    public static SampleImage RenderDefect(DiePattern pattern, string type, ulong seed)
    {
        var generator = new SeededGenerator(seed);
        var conditions = new Conditions(Placement.Random(generator), generator);
        pattern = Probed(pattern, conditions);
        double[][] good = Develop(pattern, pattern.Elements, conditions);
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            var defectGenerator = new SeededGenerator(generator.NextUInt64());
            Defect defect = DefectMaker.Apply(type, pattern, defectGenerator);
            double[][] bad = Develop(pattern, defect.Elements, conditions);
            if (MaskOf(good, bad, type == "dot" ? LeastArea : LeastLineArea) is { } mask
                && Shows(defect.Figure, mask, conditions.Pose))
            {
                return new SampleImage(Camera.Expose(bad, conditions), mask);
            }
        }

        throw new UnreachableException($"There was no visible '{type}' after {Attempts} attempts.");
    }

    /// <summary>
    /// Renders a die with one to eight defects, dots more often than others, and the box of each. Every defect is
    /// visible by itself, and boxes do not touch.
    /// </summary>
    public static (byte[] Pixels, IReadOnlyList<(string Type, MaskBox Box)> Boxes) RenderSeveral(
        DiePattern pattern, ulong seed)
    {
        var generator = new SeededGenerator(seed);
        var conditions = new Conditions(Placement.Random(generator), generator);
        pattern = Probed(pattern, conditions);
        double[][] before = Develop(pattern, pattern.Elements, conditions);
        var boxes = new List<(string Type, MaskBox Box)>();
        int count = 1 + generator.NextInt32(MostDefects);
        for (int attempt = 0; attempt < Attempts && boxes.Count < count; attempt++)
        {
            int drawn = generator.NextInt32(DefectMaker.Types.Count + FurtherDots);
            string type = drawn < DefectMaker.Types.Count ? DefectMaker.Types[drawn] : "dot";
            var defectGenerator = new SeededGenerator(generator.NextUInt64());

            // A trace that was already changed is no longer one piece.
            if (boxes.Any(box => ChangesTraces(box.Type)) && ChangesTraces(type))
            {
                continue;
            }

            Defect defect = DefectMaker.Apply(type, pattern, defectGenerator);
            double[][] after = Develop(pattern, defect.Elements, conditions);
            if (MaskOf(before, after, type == "dot" ? LeastArea : LeastLineArea) is { } mask
                && Shows(defect.Figure, mask, conditions.Pose)
                && BoxOf(mask) is var box
                && !boxes.Any(other => AreNear(other.Box, box)))
            {
                boxes.Add((type, box));
                pattern = pattern with { Elements = [.. defect.Elements] };
                before = after;
            }
        }

        return (Camera.Expose(before, conditions), boxes);
    }

    private static bool ChangesTraces(string type) => type is "broken_line" or "out_line";

    private static MaskBox BoxOf(byte[] mask)
    {
        (int left, int top, int right, int bottom) = (DiePattern.Size, DiePattern.Size, 0, 0);
        for (int i = 0; i < mask.Length; i++)
        {
            if (mask[i] != 0)
            {
                (left, top) = (Math.Min(left, i % DiePattern.Size), Math.Min(top, i / DiePattern.Size));
                (right, bottom) = (Math.Max(right, i % DiePattern.Size + 1), Math.Max(bottom, i / DiePattern.Size + 1));
            }
        }

        return new MaskBox(
            (double)left / DiePattern.Size,
            (double)top / DiePattern.Size,
            (double)right / DiePattern.Size,
            (double)bottom / DiePattern.Size);
    }

    private static bool AreNear(MaskBox a, MaskBox b) =>
        a.Left < b.Right + Gap && b.Left < a.Right + Gap && a.Top < b.Bottom + Gap && b.Top < a.Bottom + Gap;

    /// <summary>
    /// The die after the electrical test: a probe mark on every pad, and a second one where contact was retried.
    /// </summary>
    private static DiePattern Probed(DiePattern pattern, Conditions conditions)
    {
        var generator = new SeededGenerator(conditions.PadMarkSeed);
        var elements = new List<Element>(pattern.Elements);
        foreach ((double padX, double padY) in pattern.Pads)
        {
            for (int marks = generator.NextInt32(6) == 0 ? 2 : 1; marks > 0; marks--)
            {
                double x = padX + generator.NextDouble(-1.2, 1.2);
                double y = padY + generator.NextDouble(-1.2, 1.2);
                double reachX = generator.NextDouble(-0.5, 0.5);
                double reachY = generator.NextDouble(0.8, 1.8);
                var mark = new Polyline(
                    generator.NextDouble(0.7, 1.1), (x - reachX, y - reachY), (x + reachX, y + reachY));
                elements.Add(new Element(mark, pattern.PadMark, generator.NextDouble(0.4, 0.8)));
            }
        }

        return pattern with { Elements = elements };
    }

    private static double[][] Develop(DiePattern pattern, IReadOnlyList<Element> elements, Conditions conditions)
    {
        var canvas = new Canvas(conditions.Pose, conditions.OverEtch, pattern.Background);
        foreach (Element element in elements)
        {
            canvas.Paint(element);
        }

        return Camera.Develop(canvas.Surface, conditions, pattern.IsColor);
    }

    private static byte[]? MaskOf(double[][] good, double[][] bad, int leastArea)
    {
        double[] change = new double[good[0].Length];
        double peak = 0;
        for (int i = 0; i < change.Length; i++)
        {
            for (int channel = 0; channel < good.Length; channel++)
            {
                change[i] = Math.Max(change[i], Math.Abs(bad[channel][i] - good[channel][i]));
            }

            peak = Math.Max(peak, change[i]);
        }

        double limit = Math.Clamp(NoticeableShare * peak, LeastNoticeable, AlwaysNoticeable);
        byte[] mask = [.. change.Select(value => value >= limit ? byte.MaxValue : byte.MinValue)];
        return peak >= LeastPeak && mask.Count(value => value != 0) >= leastArea ? mask : null;
    }

    /// <summary>Whether most of the figure can be distinguished from the background.</summary>
    private static bool Shows(Shape? figure, byte[] mask, Pose pose)
    {
        if (figure is null)
        {
            return true;
        }

        int covered = 0;
        int shown = 0;
        for (int i = 0; i < mask.Length; i++)
        {
            (double x, double y) = pose.ToDie(i % DiePattern.Size + 0.5, i / DiePattern.Size + 0.5);
            if (figure.Distance(x, y) < 0.2)
            {
                covered++;
                shown += mask[i] != 0 ? 1 : 0;
            }
        }

        return shown >= LeastShownShare * covered;
    }
}
