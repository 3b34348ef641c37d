using SemiDefect.Anomaly.Search.Numerics;

namespace SemiDefect.Anomaly.Evaluation.Metrics;

/// <summary>
/// Bootstrap intervals of the pixel metrics, with images with and without defects drawn separately. To avoid processing
/// all pixels for each resample, an image is stored as a histogram over the upper half of the bits of the score (128
/// steps per doubling). This limits the resolution of the ends of an interval, but not of the metrics themselves. Not
/// thread-safe.
/// </summary>
internal sealed class PixelBootstrap
{
    private const int Bins = 1 << 16;

    private readonly List<ImageHistogram> _images = [];
    private readonly int[] _good = new int[Bins];
    private readonly int[] _defective = new int[Bins];
    private readonly double[] _share = new double[Bins];
    private int _lowest = Bins;
    private int _highest = -1;

    /// <summary>Adds a pixel of the current image.</summary>
    /// <param name="descendingKey">The key of its score.</param>
    /// <param name="area">The area of its region; 0 for a good pixel.</param>
    public void AddPixel(uint descendingKey, int area)
    {
        int bin = (int)(descendingKey >> 16);
        _lowest = Math.Min(_lowest, bin);
        _highest = Math.Max(_highest, bin);
        if (area == 0)
        {
            _good[bin]++;
        }
        else
        {
            _defective[bin]++;
            _share[bin] += 1.0 / area;
        }
    }

    /// <summary>Ends the current image.</summary>
    public void EndImage(int regions)
    {
        var bins = new List<HistogramBin>();
        for (int bin = _lowest; bin <= _highest; bin++)
        {
            if (_good[bin] + _defective[bin] > 0)
            {
                bins.Add(new HistogramBin((ushort)bin, _good[bin], _defective[bin], (float)_share[bin]));
                _good[bin] = 0;
                _defective[bin] = 0;
                _share[bin] = 0;
            }
        }

        _images.Add(new ImageHistogram([.. bins], regions));
        _lowest = Bins;
        _highest = -1;
    }

    /// <summary>
    /// The intervals; null if the metric is undefined in a resample, or if no resamples are requested.
    /// </summary>
    public (Interval? Auroc, Interval? Aupro) Compute(int resamples, ulong seed)
    {
        ImageHistogram[] withDefects = [.. _images.Where(image => image.Regions > 0)];
        ImageHistogram[] without = [.. _images.Where(image => image.Regions == 0)];
        if (withDefects.Length == 0)
        {
            return (null, null);
        }

        var generator = new SeededGenerator(seed);
        var accumulators = new ImageMetricsAccumulator[resamples];
        long[] good = new long[Bins];
        long[] defective = new long[Bins];
        double[] share = new double[Bins];
        for (int i = 0; i < resamples; i++)
        {
            Array.Clear(good);
            Array.Clear(defective);
            Array.Clear(share);
            long regions = 0;
            foreach (ImageHistogram[] kind in (ImageHistogram[][])[withDefects, without])
            {
                for (int draw = 0; draw < kind.Length; draw++)
                {
                    ImageHistogram image = kind[generator.NextInt32(kind.Length)];
                    regions += image.Regions;
                    foreach (HistogramBin bin in image.Bins)
                    {
                        good[bin.Bin] += bin.Good;
                        defective[bin.Bin] += bin.Defective;
                        share[bin.Bin] += bin.Share;
                    }
                }
            }

            accumulators[i] = new ImageMetricsAccumulator(defective.Sum(), good.Sum(), regions);
            for (int bin = 0; bin < Bins; bin++)
            {
                if (good[bin] + defective[bin] > 0)
                {
                    accumulators[i].Add(0, defective[bin], good[bin], share[bin]);
                }
            }
        }

        return (
            Interval.Percentile([.. accumulators.Select(a => a.Auroc)]),
            Interval.Percentile([.. accumulators.Select(a => a.Aupro)]));
    }

    private readonly record struct HistogramBin(ushort Bin, int Good, int Defective, float Share);

    private sealed record ImageHistogram(HistogramBin[] Bins, int Regions);
}
