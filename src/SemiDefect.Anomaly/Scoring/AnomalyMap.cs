using SemiDefect.Anomaly.Imaging.Masks;
using SemiDefect.Anomaly.Views;

namespace SemiDefect.Anomaly.Scoring;

/// <summary>One anomaly score per pixel, row by row. Treat as immutable; then thread-safe.</summary>
public sealed class AnomalyMap
{
    /// <summary>Takes ownership of <paramref name="values"/>.</summary>
    /// <exception cref="ArgumentException">The length is not width x height.</exception>
    public AnomalyMap(int width, int height, float[] values)
    {
        ArgumentNullException.ThrowIfNull(values);
        if (values.LongLength != (long)width * height)
        {
            throw new ArgumentException(
                $"A {width} x {height} map needs {(long)width * height} values, got {values.LongLength}.",
                nameof(values));
        }

        Width = width;
        Height = height;
        Values = values;
    }

    /// <summary>The width in pixels.</summary>
    public int Width { get; }

    /// <summary>The height in pixels.</summary>
    public int Height { get; }

    /// <summary>The scores, [y][x]; 0 or more.</summary>
    public float[] Values { get; }

    /// <summary>The highest value.</summary>
    public float Peak => Values.Max();

    /// <summary>
    /// Resamples a map at the size of the network's input to the pixels of the original image; 0 for pixels outside the
    /// crop, which were not inspected.
    /// </summary>
    /// <param name="geometry">The position of the input on the original.</param>
    /// <exception cref="ArgumentException">The size of the map differs from that of the input.</exception>
    public AnomalyMap ToOriginal(InputGeometry geometry) =>
        (Width, Height) == (geometry.InputWidth, geometry.InputHeight)
        ? AnomalyMapBuilder.ToOriginal(this, geometry)
        : throw new ArgumentException(
            $"The map has {Width} x {Height} values, the input {geometry.InputWidth} x {geometry.InputHeight}.",
            nameof(geometry));

    /// <summary>
    /// The 8-connected regions of values above <paramref name="threshold"/>, by descending peak, then in the order of
    /// their first pixels. Memory: 5 bytes per pixel.
    /// </summary>
    public IReadOnlyList<Region> FindRegions(double threshold)
    {
        (int[] labels, int count) = ConnectedComponents.Label(ToMask(threshold), Width, Height);
        var sums = new RegionSums[count];
        for (int i = 0; i < labels.Length; i++)
        {
            if (labels[i] != 0)
            {
                (sums[labels[i] - 1] ??= new RegionSums()).Add(i % Width, i / Width, Values[i]);
            }
        }

        return [.. sums.Select(sum => sum.ToRegion()).OrderByDescending(region => region.Peak)];
    }

    /// <summary>1 where the map is above <paramref name="threshold"/>, 0 elsewhere; row by row.</summary>
    public byte[] ToMask(double threshold)
    {
        byte[] mask = new byte[Values.Length];
        for (int i = 0; i < mask.Length; i++)
        {
            mask[i] = Values[i] > threshold ? (byte)1 : (byte)0;
        }

        return mask;
    }

    private sealed class RegionSums
    {
        private int _left = int.MaxValue;
        private int _top = int.MaxValue;
        private int _right;
        private int _bottom;
        private int _area;
        private long _sumX;
        private long _sumY;
        private float _peak = float.NegativeInfinity;
        private int _peakX;
        private int _peakY;

        public void Add(int x, int y, float value)
        {
            _left = Math.Min(_left, x);
            _top = Math.Min(_top, y);
            _right = Math.Max(_right, x);
            _bottom = Math.Max(_bottom, y);
            _area++;
            _sumX += x;
            _sumY += y;
            if (value > _peak)
            {
                (_peak, _peakX, _peakY) = (value, x, y);
            }
        }

        public Region ToRegion() =>
            new(
                _left,
                _top,
                _right - _left + 1,
                _bottom - _top + 1,
                _area,
                _peak,
                _peakX,
                _peakY,
                (double)_sumX / _area,
                (double)_sumY / _area);
    }
}
