namespace SemiDefect.Anomaly.Evaluation.Metrics;

/// <summary>
/// The areas under the ROC, precision-recall and per-region-overlap curves from one pass over the distinct scores in
/// descending order. Keeps only sums. Definitions:
/// <list type="bullet">
/// <item>AUROC: the probability that a positive scores above a negative, with ties counting one half (Hanley and McNeil
/// 1982); summed in integers, and therefore exact up to the final division.</item>
/// <item>
/// Average precision: the sum over distinct thresholds of (recall gained) x precision, without interpolation.
/// </item>
/// <item>
/// F1-max: the maximum of 2 TP / (2 TP + FP + FN) over all thresholds; ties go to the highest threshold.
/// </item>
/// <item>AUPRO: the area under the mean share of each region that is found, over the false-positive rate from 0 to
/// the limit, divided by the limit (Bergmann et al. 2020); linear between thresholds, also across the
/// limit.</item>
/// </list>
/// Not thread-safe.
/// </summary>
internal sealed class ImageMetricsAccumulator
{
    private readonly long _positives;
    private readonly long _negatives;
    private readonly double _regions;
    private readonly double _limit;
    private long _truePositives;
    private long _falsePositives;
    private UInt128 _doubleArea;
    private CompensatedSum _precision;
    private CompensatedSum _overlap;
    private CompensatedSum _overlapArea;
    private long _bestTruePositives;
    private long _bestPredicted = 1;
    private double _bestScore = double.NaN;
    private double _bestThreshold = double.NaN;

    /// <summary>Prepares for the given numbers of positives, negatives and regions.</summary>
    public ImageMetricsAccumulator(long positives, long negatives, double regions = 0, double falsePositiveLimit = 0.3)
    {
        _positives = positives;
        _negatives = negatives;
        _regions = regions;
        _limit = falsePositiveLimit;
    }

    /// <summary>The AUROC; null without positives or without negatives.</summary>
    public double? Auroc => _positives == 0 || _negatives == 0
        ? null
        : (double)_doubleArea / ((double)_positives * _negatives) / 2;

    /// <summary>The average precision; null without positives.</summary>
    public double? AveragePrecision => _positives == 0 ? null : _precision.Value / _positives;

    /// <summary>The maximum F1; null without positives.</summary>
    public double? F1Max => _positives == 0 ? null : 2.0 * _bestTruePositives / (_positives + _bestPredicted);

    /// <summary>A score strictly above it reaches <see cref="F1Max"/>; null without positives.</summary>
    public double? F1MaxThreshold =>
        _positives == 0 ? null : double.IsNaN(_bestThreshold) ? double.BitDecrement(_bestScore) : _bestThreshold;

    /// <summary>The AUPRO; null without regions or without negatives.</summary>
    public double? Aupro => _regions == 0 || _negatives == 0 ? null : _overlapArea.Value / _limit;

    /// <summary>Adds all pixels or images of one score; scores must descend from call to call.</summary>
    /// <param name="score">The common score.</param>
    /// <param name="positives">The number of positives.</param>
    /// <param name="negatives">The number of negatives.</param>
    /// <param name="regionShare">The sum over the positives of 1 / (size of the positive's region).</param>
    public void Add(double score, long positives, long negatives, double regionShare = 0)
    {
        if (double.IsNaN(_bestThreshold) && !double.IsNaN(_bestScore))
        {
            _bestThreshold = Between(score, _bestScore);
        }

        _doubleArea += (UInt128)(ulong)negatives * (ulong)(2 * _truePositives + positives);
        AddOverlap(negatives, regionShare);
        _truePositives += positives;
        _falsePositives += negatives;
        if (positives == 0)
        {
            return;
        }

        long predicted = _truePositives + _falsePositives;
        _precision.Add(positives * ((double)_truePositives / predicted));

        // Compared as fractions of integers, so that rounding cannot favor either.
        if ((UInt128)(ulong)_truePositives * (ulong)(_positives + _bestPredicted)
            > (UInt128)(ulong)_bestTruePositives * (ulong)(_positives + predicted))
        {
            _bestTruePositives = _truePositives;
            _bestPredicted = predicted;
            _bestScore = score;
            _bestThreshold = double.NaN;
        }
    }

    private void AddOverlap(long negatives, double regionShare)
    {
        if (_regions == 0 || _negatives == 0)
        {
            return;
        }

        double before = _overlap.Value / _regions;
        _overlap.Add(regionShare);
        double rateBefore = (double)_falsePositives / _negatives;
        if (negatives == 0 || rateBefore >= _limit)
        {
            return;
        }

        double after = _overlap.Value / _regions;
        double rateAfter = (double)(_falsePositives + negatives) / _negatives;
        if (rateAfter > _limit)
        {
            after = before + (after - before) * ((_limit - rateBefore) / (rateAfter - rateBefore));
            rateAfter = _limit;
        }

        _overlapArea.Add((rateAfter - rateBefore) * (before + after) / 2);
    }

    private static double Between(double low, double high)
    {
        double middle = low + (high - low) / 2;
        return middle < high ? middle : low;
    }
}
