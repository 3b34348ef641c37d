using SemiDefect.Anomaly.Imaging.Masks;

namespace SemiDefect.Anomaly.Evaluation.Metrics;

/// <summary>
/// Exact pixel AUROC, average precision and AUPRO over any number of maps in bounded memory. Every distinct score is a
/// threshold; only the sums are rounded, to about 1e-15. Memory: one map, about 64 MiB of buffers, and 1 KiB to 8 KiB
/// per image for the intervals. Further pixels are stored sorted in a temporary file, with 4 bytes for a good and 8
/// bytes for a defective pixel. Not thread-safe. The caller disposes it, which deletes the temporary files.
/// </summary>
public sealed class PixelMetricsAccumulator : IDisposable
{
    private const int GoodCapacity = 6 << 20;
    private const int DefectCapacity = 1 << 20;

    /// <summary>The number of size classes.</summary>
    internal const int SizeClasses = (int)DefectSize.Large + 1;

    // Size class and area share 32 bits; no image has as many pixels.
    private const uint AreasPerSize = uint.MaxValue / SizeClasses;

    private readonly SortedRuns<uint> _good;
    private readonly SortedRuns<ulong> _defective;
    private readonly List<string> _groups = [];
    private readonly List<bool> _groupHasDefects = [];
    private readonly PixelBootstrap _bootstrap = new();

    // Per group: good pixels, defective pixels, regions. Per size class: the last two.
    private readonly List<long> _goodPixels = [];
    private readonly List<long> _defectPixels = [];
    private readonly List<int> _regions = [];
    private readonly long[] _sizePixels = new long[SizeClasses];
    private readonly int[] _sizeRegions = new int[SizeClasses];

    /// <summary>Creates an empty accumulator.</summary>
    public PixelMetricsAccumulator()
        : this(GoodCapacity, DefectCapacity)
    {
    }

    internal PixelMetricsAccumulator(int goodCapacity, int defectCapacity)
    {
        _good = new SortedRuns<uint>(goodCapacity);
        _defective = new SortedRuns<ulong>(defectCapacity);
    }

    /// <summary>The size class of a region.</summary>
    /// <param name="area">Its number of pixels in the original image.</param>
    public static DefectSize SizeOf(double area) => area switch
    {
        < 8 * 8 => DefectSize.Under8,
        < 16 * 16 => DefectSize.From8To16,
        < 32 * 32 => DefectSize.From16To32,
        <= 96 * 96 => DefectSize.Medium,
        _ => DefectSize.Large,
    };

    /// <summary>Adds the map and mask of one image. Adding the images of a group consecutively is faster.</summary>
    /// <param name="map">Anomaly scores, width x height, row by row; no NaN.</param>
    /// <param name="mask">
    /// The mask, of the same size; any value except 0 is defective. Empty for an image without defects.
    /// </param>
    /// <param name="width">Pixels per row.</param>
    /// <param name="height">Rows.</param>
    /// <param name="group">The defect type, or any name for good images.</param>
    /// <param name="originalAreaPerPixel">
    /// The number of pixels of the original image per pixel of the map, above 0.
    /// </param>
    /// <returns>The marked defects, in raster order of their first pixels.</returns>
    /// <exception cref="ArgumentException">The sizes differ, or a score is NaN.</exception>
    /// <exception cref="SemiDefectException">The temporary file cannot be written.</exception>
    public IReadOnlyList<RegionOutcome> Add(
        ReadOnlySpan<float> map,
        ReadOnlySpan<byte> mask,
        int width,
        int height,
        string group,
        double originalAreaPerPixel = 1)
    {
        ArgumentNullException.ThrowIfNull(group);
        if (map.Length != (long)width * height || (!mask.IsEmpty && mask.Length != map.Length))
        {
            throw new ArgumentException(
                $"A {width} x {height} image needs {(long)width * height} scores and mask values, got {map.Length} and "
                    + $"{mask.Length}.",
                nameof(map));
        }

        int groupIndex = IndexOf(group);
        (int[] labels, int count) = mask.IsEmpty ? ([], 0) : ConnectedComponents.Label(mask, width, height);
        int[] areas = new int[count + 1];
        foreach (int label in labels)
        {
            areas[label]++;
        }

        for (int label = 1; label <= count; label++)
        {
            int size = (int)SizeOf(areas[label] * originalAreaPerPixel);
            _sizeRegions[size]++;
            _sizePixels[size] += areas[label];
        }

        long defectPixels = 0;
        float[] peaks = new float[count + 1];
        Array.Fill(peaks, float.NegativeInfinity);
        for (int i = 0; i < map.Length; i++)
        {
            uint key = DescendingKey(map[i]);
            int label = labels.Length == 0 ? 0 : labels[i];
            if (label == 0)
            {
                _good.Add(groupIndex, key);
            }
            else
            {
                uint size = (uint)SizeOf(areas[label] * originalAreaPerPixel);
                _defective.Add(groupIndex, ((ulong)key << 32) | (size * AreasPerSize + (uint)areas[label]));
                defectPixels++;
                peaks[label] = Math.Max(peaks[label], map[i]);
            }

            _bootstrap.AddPixel(key, label == 0 ? 0 : areas[label]);
        }

        _bootstrap.EndImage(count);
        _goodPixels[groupIndex] += map.Length - defectPixels;
        _defectPixels[groupIndex] += defectPixels;
        _regions[groupIndex] += count;
        _groupHasDefects[groupIndex] |= count > 0;
        return [
            .. Enumerable.Range(1, count)
                .Select(label => new RegionOutcome(areas[label] * originalAreaPerPixel, peaks[label]))
        ];
    }

    /// <summary>Computes the metrics of everything that was added.</summary>
    /// <param name="resamples">Number of bootstrap resamples for the intervals; 0 for none.</param>
    /// <param name="seed">The seed of the bootstrap.</param>
    /// <exception cref="SemiDefectException">The temporary file cannot be read.</exception>
    public PixelReport Complete(int resamples = 200, ulong seed = 0)
    {
        int groups = _groups.Count;
        long goodPixels = _goodPixels.Sum();
        long goodImagePixels = Enumerable.Range(0, groups).Where(i => !_groupHasDefects[i]).Sum(i => _goodPixels[i]);
        var overall = new ImageMetricsAccumulator(_defectPixels.Sum(), goodPixels, _regions.Sum());
        ImageMetricsAccumulator?[] perGroup = [.. Enumerable.Range(0, groups).Select(i =>
            _groupHasDefects[i]
                ? new ImageMetricsAccumulator(_defectPixels[i], goodImagePixels + _goodPixels[i], _regions[i])
                : null)];
        ImageMetricsAccumulator[] perSize =
        [
            .. Enumerable.Range(0, SizeClasses)
                .Select(i => new ImageMetricsAccumulator(_sizePixels[i], goodPixels, _sizeRegions[i]))
        ];

        Sweep(overall, perGroup, perSize);

        (Interval? auroc, Interval? aupro) = _bootstrap.Compute(resamples, seed);
        return new PixelReport(
            Result(overall, _regions.Sum(), _defectPixels.Sum(), goodPixels),
            auroc,
            aupro,
            new SortedDictionary<string, PixelMetrics>(
                Enumerable.Range(0, groups).Where(i => perGroup[i] is not null)
                    .ToDictionary(
                        i => _groups[i],
                        i => Result(perGroup[i]!, _regions[i], _defectPixels[i], goodImagePixels + _goodPixels[i])),
                StringComparer.Ordinal),
            Enumerable.Range(0, SizeClasses).ToDictionary(
                i => (DefectSize)i, i => Result(perSize[i], _sizeRegions[i], _sizePixels[i], goodPixels)));
    }

    /// <summary>Deletes the temporary files.</summary>
    public void Dispose()
    {
        _good.Dispose();
        _defective.Dispose();
    }

    /// <summary>
    /// A number that decreases as the score increases; equal for equal scores, including plus and minus zero.
    /// </summary>
    internal static uint DescendingKey(float score)
    {
        if (float.IsNaN(score))
        {
            throw new ArgumentException("A map holds a value that is not a number.", nameof(score));
        }

        uint bits = BitConverter.SingleToUInt32Bits(score + 0f);
        uint ascending = (bits & 0x80000000) != 0 ? ~bits : bits | 0x80000000;
        return ~ascending;
    }

    private static PixelMetrics Result(
        ImageMetricsAccumulator accumulator,
        int regions,
        long defectPixels,
        long goodPixels) =>
        new(accumulator.Auroc, accumulator.AveragePrecision, accumulator.Aupro, regions, defectPixels, goodPixels);

    // Between two scores of defective pixels, good pixels only lengthen a straight segment of each curve, so they are
    // counted and added at once.
    private void Sweep(
        ImageMetricsAccumulator overall,
        ImageMetricsAccumulator?[] perGroup,
        ImageMetricsAccumulator[] perSize)
    {
        var tally = new PixelTally(overall, perGroup, perSize, [.. _groupHasDefects]);
        using IEnumerator<(int Tag, uint Value)> good = _good.Merge().GetEnumerator();
        bool hasGood = good.MoveNext();
        uint current = 0;
        bool isFirst = true;
        foreach ((int group, ulong value) in _defective.Merge())
        {
            uint key = (uint)(value >> 32);
            if (isFirst || key != current)
            {
                tally.Flush();
                for (; hasGood && good.Current.Value < key; hasGood = good.MoveNext())
                {
                    tally.AddGood(good.Current.Tag);
                }

                tally.Flush();
                for (; hasGood && good.Current.Value == key; hasGood = good.MoveNext())
                {
                    tally.AddGood(good.Current.Tag);
                }

                current = key;
                isFirst = false;
            }

            (uint size, uint area) = Math.DivRem((uint)value, AreasPerSize);
            tally.AddDefective(group, (int)size, (int)area);
        }

        tally.Flush();
        for (; hasGood; hasGood = good.MoveNext())
        {
            tally.AddGood(good.Current.Tag);
        }

        tally.Flush();
    }

    private int IndexOf(string group)
    {
        int index = _groups.IndexOf(group);
        if (index < 0)
        {
            index = _groups.Count;
            _groups.Add(group);
            _groupHasDefects.Add(false);
            _goodPixels.Add(0);
            _defectPixels.Add(0);
            _regions.Add(0);
        }

        return index;
    }
}
