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
