using SemiDefect.Anomaly.Search.Numerics;

namespace SemiDefect.Anomaly.Evaluation.Metrics;

/// <summary>
/// Bootstrap intervals of the pixel metrics, images with and without defects drawn apart. So that a resample does not
/// need all pixels again, each image is kept as a histogram over the upper half of the score's bits (128 steps per
/// doubling of the score): the ends of an interval are that coarse, the metrics themselves are not. Not thread-safe.
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

    /// <summary>Takes a pixel of the present image.</summary>
    /// <param name="descendingKey">Its score's key.</param>
    /// <param name="area">The area of the region it belongs to; 0 for a good pixel.</param>
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

    /// <summary>Ends the present image.</summary>
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

    /// <summary>The intervals; null where the metric is undefined in a resample, or no resamples are asked for.</summary>
    public (Interval? Auroc, Interval? Aupro) Compute(int resamples, ulong seed)
    {
        ImageHistogram[] withDefects = [.. _images.Where(image => image.Regions > 0)];
        ImageHistogram[] without = [.. _images.Where(image => image.Regions == 0)];
        if (withDefects.Length == 0)
        {
            return (null, null);
        }

        var generator = new SeededGenerator(seed);
        var accumulators = new RankingAccumulator[resamples];
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

            accumulators[i] = new RankingAccumulator(defective.Sum(), good.Sum(), regions);
            for (int bin = 0; bin < Bins; bin++)
            {
                if (good[bin] + defective[bin] > 0)
                {
                    accumulators[i].Add(0, defective[bin], good[bin], share[bin]);
                }
            }
        }

        return (Interval.Percentile([.. accumulators.Select(a => a.Auroc)]), Interval.Percentile([.. accumulators.Select(a => a.Aupro)]));
    }

    private readonly record struct HistogramBin(ushort Bin, int Good, int Defective, float Share);

    private sealed record ImageHistogram(HistogramBin[] Bins, int Regions);
}
