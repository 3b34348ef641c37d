namespace SemiDefect.Anomaly.Evaluation.Metrics;

/// <summary>
/// Counts the pixels of one step of the sweep and passes them to every accumulator concerned. Not thread-safe.
/// </summary>
internal sealed class PixelTally
{
    private readonly ImageMetricsAccumulator _overall;
    private readonly ImageMetricsAccumulator?[] _perGroup;
    private readonly ImageMetricsAccumulator[] _perSize;
    private readonly bool[] _groupHasDefects;
    private readonly long[] _good;
    private readonly long[] _defective;
    private readonly double[] _share;
    private readonly long[] _sizeDefective = new long[PixelMetricsAccumulator.SizeClasses];
    private readonly double[] _sizeShare = new double[PixelMetricsAccumulator.SizeClasses];
    private bool _isEmpty = true;

    public PixelTally(
        ImageMetricsAccumulator overall,
        ImageMetricsAccumulator?[] perGroup,
        ImageMetricsAccumulator[] perSize,
        bool[] groupHasDefects)
    {
        _overall = overall;
        _perGroup = perGroup;
        _perSize = perSize;
        _groupHasDefects = groupHasDefects;
        _good = new long[perGroup.Length];
        _defective = new long[perGroup.Length];
        _share = new double[perGroup.Length];
    }

    public void AddGood(int group)
    {
        _good[group]++;
        _isEmpty = false;
    }

    public void AddDefective(int group, int size, int area)
    {
        _defective[group]++;
        _share[group] += 1.0 / area;
        _sizeDefective[size]++;
        _sizeShare[size] += 1.0 / area;
        _isEmpty = false;
    }

    /// <summary>Ends the step. The score itself is not needed for areas.</summary>
    public void Flush()
    {
        if (_isEmpty)
        {
            return;
        }

        long good = 0;
        long goodOfGoodImages = 0;
        long defective = 0;
        double share = 0;
        for (int i = 0; i < _good.Length; i++)
        {
            good += _good[i];
            goodOfGoodImages += _groupHasDefects[i] ? 0 : _good[i];
            defective += _defective[i];
            share += _share[i];
        }

        _overall.Add(0, defective, good, share);
        for (int i = 0; i < _good.Length; i++)
        {
            _perGroup[i]?.Add(0, _defective[i], goodOfGoodImages + _good[i], _share[i]);
        }

        for (int i = 0; i < _perSize.Length; i++)
        {
            _perSize[i].Add(0, _sizeDefective[i], good, _sizeShare[i]);
        }

        Array.Clear(_good);
        Array.Clear(_defective);
        Array.Clear(_share);
        Array.Clear(_sizeDefective);
        Array.Clear(_sizeShare);
        _isEmpty = true;
    }
}
