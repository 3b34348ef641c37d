using SemiDefect.Anomaly.Encoders;

namespace SemiDefect.Anomaly.Tests.Encoders;

/// <summary>
/// A literal implementation of the reference in float64: unfold, interpolate, pool, concatenate, pool again.
/// </summary>
internal static class ReferencePatches
{
    public static double[][] AdaptiveMean(IReadOnlyList<FeatureMap> maps, int size, int pretrain, int target)
    {
        FeatureMap finest = maps.MaxBy(map => map.Height * map.Width)!;
        var rows = new List<double[]>();
        for (int image = 0; image < maps[0].Images; image++)
        {
            for (int y = 0; y < finest.Height; y++)
            {
                for (int x = 0; x < finest.Width; x++)
                {
                    double[] joined =
                        [.. maps.SelectMany(map => Pool(Unfolded(map, image, size, y, x, finest), pretrain))];
                    rows.Add(Pool(joined, target));
                }
            }
        }

        return [.. rows];
    }

    private static double[] Unfolded(FeatureMap map, int image, int size, int y, int x, FeatureMap finest)
    {
        (int y0, int y1, double fy) = Source(y, map.Height, finest.Height);
        (int x0, int x1, double fx) = Source(x, map.Width, finest.Width);
        double[] a = At(map, image, size, y0, x0);
        double[] b = At(map, image, size, y0, x1);
        double[] c = At(map, image, size, y1, x0);
        double[] d = At(map, image, size, y1, x1);
        return [
            .. a.Select((value, i) => (1 - fy) * ((1 - fx) * value + fx * b[i]) + fy * ((1 - fx) * c[i] + fx * d[i]))
        ];
    }

    private static double[] At(FeatureMap map, int image, int size, int y, int x)
    {
        var values = new List<double>();
        for (int channel = 0; channel < map.Channels; channel++)
        {
            for (int dy = -(size / 2); dy <= size / 2; dy++)
            {
                for (int dx = -(size / 2); dx <= size / 2; dx++)
                {
                    bool inside = y + dy >= 0 && y + dy < map.Height && x + dx >= 0 && x + dx < map.Width;
                    values.Add(
                        inside
                            ? map.Values[((image * map.Channels + channel) * map.Height + y + dy) * map.Width + x + dx]
                            : 0);
                }
            }
        }

        return [.. values];
    }

    private static (int First, int Second, double Fraction) Source(int i, int source, int target)
    {
        double position = Math.Max(0, (i + 0.5) * source / target - 0.5);
        int first = (int)position;
        return (first, Math.Min(first + 1, source - 1), position - first);
    }

    private static double[] Pool(double[] values, int bins) =>
        [.. Enumerable.Range(0, bins).Select(i =>
        {
            int start = (int)Math.Floor((double)i * values.Length / bins);
            int end = (int)Math.Ceiling((double)(i + 1) * values.Length / bins);
            return values[start..end].Average();
        })];
}
