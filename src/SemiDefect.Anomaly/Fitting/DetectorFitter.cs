using SemiDefect.Anomaly.Memory;
using SemiDefect.Anomaly.Scoring;
using SemiDefect.Anomaly.Thresholds;

namespace SemiDefect.Anomaly.Fitting;

/// <summary>
/// What comes after the features: memory banks by coreset, and thresholds from good images judged out of fold.
/// Not thread-safe: made for one fit.
/// </summary>
internal sealed class DetectorFitter : IDisposable
{
    private readonly TrainingFeatures _features;
    private readonly FitOptions _options;
    private readonly IProgress<FitProgress>? _progress;
    private readonly CancellationToken _cancellationToken;
    private readonly FoldAssignment _folds;
    private readonly HeldOutJudge _judge;
    private readonly IBankSource _source;
    private readonly IBankSource _foldSource;

    /// <summary>Prepares a fit; the features stay the caller's.</summary>
    public DetectorFitter(TrainingFeatures features, FitOptions options, IProgress<FitProgress>? progress, CancellationToken cancellationToken)
    {
        _features = features;
        _options = options;
        _progress = progress;
        _cancellationToken = cancellationToken;
        _folds = new FoldAssignment(features.Images.Count, options.Folds, options.Seed);
        _judge = new HeldOutJudge(features, options.Map);
        Calibration = features.IsSpilled ? CalibrationMethod.PooledBank : options.CalibrationFor(features.Images.Count, features.Rows);
        _source = features.IsSpilled ? Pieces() : new WholeBankSource(features, _folds, options.Coreset);
        _foldSource = Calibration == CalibrationMethod.PooledBank && !features.IsSpilled ? Pieces() : _source;
    }

    /// <summary>How good images are judged; by pooled banks where the features are in a file, whatever was asked for.</summary>
    public CalibrationMethod Calibration { get; }

    /// <summary>Picks the banks and sets the thresholds; the caller owns the banks.</summary>
    public FittedBanks Fit() => _options.Threshold.Method == ThresholdMethod.Seed ? FitFoldEnsemble() : FitSingleBank();

    /// <summary>Gives back what the banks were picked from.</summary>
    public void Dispose()
    {
        _source.Dispose();
        _foldSource.Dispose();
    }

    // The mission's rule: one bank per fold; threshold = mean over the folds of the highest held-out score.
    private FittedBanks FitFoldEnsemble()
    {
        RequireTwoImages();
        var banks = new List<MemoryBank>();
        double radius = 0;
        try
        {
            CalibrationScores scores = JudgeByFoldBanks(selected =>
            {
                banks.Add(selected.Bank);
                radius = Math.Max(radius, selected.CoveringRadius);
            });
            var thresholds = new DetectorThresholds
            {
                Options = _options.Threshold,
                Image = SeedRule(scores.ImageScores),
                Pixel = SeedRule(scores.PixelPeaks),
                ImageScores = scores.ImageScores,
                PixelPeaks = scores.PixelPeaks,
            };
            return new FittedBanks(banks, thresholds, radius, _source.Pieces);
        }
        catch
        {
            banks.ForEach(bank => bank.Dispose());
            throw;
        }
    }

    private ThresholdEstimate SeedRule(double[] scores)
    {
        double sum = 0;
        for (int fold = 0; fold < _folds.Count; fold++)
        {
            sum += _folds.Members(fold).Max(image => scores[image]);
        }

        return new ThresholdEstimate(sum / _folds.Count, "seed", null);
    }

    private FittedBanks FitSingleBank()
    {
        (MemoryBank bank, double radius) = _source.SelectAll(CoresetProgress(0, 1), _cancellationToken);
        try
        {
            CalibrationScores scores = Calibrate(bank);
            var thresholds = new DetectorThresholds
            {
                Options = _options.Threshold,
                Image = ThresholdRule.Compute(scores.ImageScores, _options.Threshold),
                Pixel = ThresholdRule.Compute(scores.PixelPeaks, _options.Threshold),
                ImageScores = scores.ImageScores,
                PixelPeaks = scores.PixelPeaks,
            };
            return new FittedBanks([bank], thresholds, radius, _source.Pieces);
        }
        catch
        {
            bank.Dispose();
            throw;
        }
    }

    private CalibrationScores Calibrate(MemoryBank bank)
    {
        if (_features.Images.Count == 1 && _options.Threshold.Method == ThresholdMethod.Fixed)
        {
            return new CalibrationScores([], []);
        }

        RequireTwoImages();
        return Calibration == CalibrationMethod.MaskedBank
            ? JudgeByMaskedBank(bank)
            : JudgeByFoldBanks(selected => selected.Bank.Dispose());
    }

    private CalibrationScores JudgeByMaskedBank(MemoryBank bank)
    {
        int[] groups = [.. bank.SourceImages.Select(image => _folds[image])];
        if (Enumerable.Range(0, _folds.Count).Any(fold => groups.Count(group => group != fold) < _options.Scoring.Neighbors))
        {
            throw new SemiDefectException($"The memory bank is too small to judge a fold by the rest of it ({bank.Vectors.Rows} patches): keep more patches (--coreset) or add good images.");
        }

        using var model = new BankModel(bank, _options.Scoring, groups, _options.Threads);
        for (int image = 0; image < _features.Images.Count; image++)
        {
            _judge.Judge(image, model, _folds[image], _cancellationToken);
            _progress?.Report(new FitProgress(FitStage.Thresholds, image + 1, _features.Images.Count));
        }

        return _judge.Scores;
    }

    private CalibrationScores JudgeByFoldBanks(Action<SelectedBank> release)
    {
        int done = 0;
        for (int fold = 0; fold < _folds.Count; fold++)
        {
            SelectedBank selected = _foldSource.SelectWithout(fold, CoresetProgress(fold, _folds.Count), _cancellationToken);
            using var model = new BankModel(selected.Bank, _options.Scoring, default, _options.Threads);
            foreach (int image in _folds.Members(fold))
            {
                _judge.Judge(image, model, -1, _cancellationToken);
                _progress?.Report(new FitProgress(FitStage.Thresholds, ++done, _features.Images.Count));
            }

            release(selected);
        }

        return _judge.Scores;
    }

    private void RequireTwoImages()
    {
        if (_features.Images.Count < 2)
        {
            throw new SemiDefectException("One good image cannot set a threshold: give two or more, or a fixed threshold.");
        }
    }

    private SynchronousProgress<CoresetProgress>? CoresetProgress(int bank, int banks) =>
        _progress is null ? null : new(report => _progress.Report(new FitProgress(FitStage.Coreset, bank * report.Target + report.Picks, banks * report.Target)));

    private PiecewiseBankSource Pieces() =>
        new(_features, _folds, _options.Coreset, new MemoryPlan(_options.MaxMemory).RowsAtOnce(_features.Columns));
}
