using SemiDefect.Anomaly.Imaging.Masks;

namespace SemiDefect.Anomaly.Scoring;

/// <summary>Finds the regions of a map. Stateless and thread-safe.</summary>
public static class RegionFinder
{
    /// <summary>
    /// The 8-connected regions of values above <paramref name="threshold"/>, by descending peak, then in the order of
    /// their first pixels. Memory: 5 bytes per pixel.
    /// </summary>
    public static IReadOnlyList<Region> Find(AnomalyMap map, double threshold)
    {
        ArgumentNullException.ThrowIfNull(map);
        (int[] labels, int count) = ConnectedComponents.Label(Mask(map, threshold), map.Width, map.Height);
        var sums = new RegionSums[count];
        for (int i = 0; i < labels.Length; i++)
        {
            if (labels[i] != 0)
            {
                (sums[labels[i] - 1] ??= new RegionSums()).Add(i % map.Width, i / map.Width, map.Values[i]);
            }
        }

        return [.. sums.Select(sum => sum.ToRegion()).OrderByDescending(region => region.Peak)];
    }

    /// <summary>1 where the map is above <paramref name="threshold"/>, 0 elsewhere; row by row.</summary>
    public static byte[] Mask(AnomalyMap map, double threshold)
    {
        ArgumentNullException.ThrowIfNull(map);
        byte[] mask = new byte[map.Values.Length];
        for (int i = 0; i < mask.Length; i++)
        {
            mask[i] = map.Values[i] > threshold ? (byte)1 : (byte)0;
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
