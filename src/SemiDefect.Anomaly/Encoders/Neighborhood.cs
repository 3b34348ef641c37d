using System.Numerics;
using System.Runtime.InteropServices;

namespace SemiDefect.Anomaly.Encoders;

/// <summary>
/// Sums and shifts over the square neighborhood of every position of a plane; positions outside count as zero. Each sum
/// runs over rows, then columns, in a fixed order that does not depend on the vector width. Not thread-safe: uses a
/// buffer.
/// </summary>
internal sealed class Neighborhood(int height, int width, int size)
{
    private readonly float[] _rowSums = new float[height * width];

    /// <summary>Writes the neighborhood sum of every position to <paramref name="sum"/>.</summary>
    public void Sum(ReadOnlySpan<float> plane, Span<float> sum)
    {
        int radius = size / 2;
        _rowSums.AsSpan().Clear();
        sum.Clear();
        for (int dx = -radius; dx <= radius; dx++)
        {
            for (int y = 0; y < height; y++)
            {
                AddRow(plane, y, y, dx, 1, _rowSums);
            }
        }

        for (int dy = -radius; dy <= radius; dy++)
        {
            for (int y = Math.Max(0, -dy); y < Math.Min(height, height - dy); y++)
            {
                AddRow(_rowSums, y + dy, y, 0, 1, sum);
            }
        }
    }

    /// <summary>
    /// Adds weight x plane, shifted so that each position reads its neighbor at <paramref name="offset"/>, to the
    /// target.
    /// </summary>
    public void AddShifted(ReadOnlySpan<float> plane, int offset, float weight, Span<float> target)
    {
        int dy = offset / size - size / 2;
        int dx = offset % size - size / 2;
        for (int y = Math.Max(0, -dy); y < Math.Min(height, height - dy); y++)
        {
            AddRow(plane, y + dy, y, dx, weight, target);
        }
    }

    private void AddRow(ReadOnlySpan<float> plane, int sourceY, int targetY, int dx, float weight, Span<float> target)
    {
        int count = width - Math.Abs(dx);
        if (count > 0)
        {
            AddScaled(
                plane.Slice(sourceY * width + Math.Max(dx, 0), count),
                weight,
                target.Slice(targetY * width + Math.Max(-dx, 0), count));
        }
    }

    // TensorPrimitives is faster for planes, but not for rows as short as these.
    private static void AddScaled(ReadOnlySpan<float> plane, float weight, Span<float> target)
    {
        int done = 0;
        ReadOnlySpan<Vector<float>> from = MemoryMarshal.Cast<float, Vector<float>>(plane);
        Span<Vector<float>> to = MemoryMarshal.Cast<float, Vector<float>>(target);
        for (; done < from.Length; done++)
        {
            to[done] += from[done] * weight;
        }

        for (int i = done * Vector<float>.Count; i < plane.Length; i++)
        {
            target[i] += plane[i] * weight;
        }
    }
}
