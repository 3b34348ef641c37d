namespace SemiDefect.Anomaly.Encoders;

/// <summary>
/// Bilinear interpolation between two grids with half-pixel centers (align_corners = false), as torch's
/// interpolate does: source = (i + 0.5) scale - 0.5, clamped at the first cell. Immutable and thread-safe.
/// </summary>
internal sealed class BilinearGrid
{
    private readonly int _sourceWidth;
    private readonly Tap[] _rows;
    private readonly Tap[] _columns;

    public BilinearGrid(int sourceHeight, int sourceWidth, int targetHeight, int targetWidth)
    {
        _sourceWidth = sourceWidth;
        _rows = MakeTaps(sourceHeight, targetHeight);
        _columns = MakeTaps(sourceWidth, targetWidth);
    }

    /// <summary>Adds the source plane, interpolated to the target grid, to <paramref name="target"/>.</summary>
    public void AddInterpolated(ReadOnlySpan<float> source, Span<float> target)
    {
        int i = 0;
        foreach (Tap row in _rows)
        {
            ReadOnlySpan<float> upper = source.Slice(row.First * _sourceWidth, _sourceWidth);
            ReadOnlySpan<float> lower = source.Slice(row.Second * _sourceWidth, _sourceWidth);
            foreach (Tap column in _columns)
            {
                float above = upper[column.First] * (1 - column.Fraction) + upper[column.Second] * column.Fraction;
                float below = lower[column.First] * (1 - column.Fraction) + lower[column.Second] * column.Fraction;
                target[i++] += above * (1 - row.Fraction) + below * row.Fraction;
            }
        }
    }

    private static Tap[] MakeTaps(int source, int target)
    {
        var taps = new Tap[target];
        for (int i = 0; i < target; i++)
        {
            double position = Math.Max(0, (i + 0.5) * source / target - 0.5);
            int first = Math.Min((int)position, source - 1);
            taps[i] = new Tap(first, Math.Min(first + 1, source - 1), (float)(position - first));
        }

        return taps;
    }

    private readonly record struct Tap(int First, int Second, float Fraction);
}
