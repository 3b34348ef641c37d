using SemiDefect.Anomaly.Banks;
using SemiDefect.Anomaly.Calibration;
using SemiDefect.Anomaly.Search.Coresets;
using SemiDefect.Anomaly.Search.Numerics;
using SemiDefect.Anomaly.Search.Threading;

namespace SemiDefect.Anomaly.Detection;

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
    private CoresetSession? _session;
    private BankModel? _model;

    /// <summary>Prepares a fit; the features stay the caller's.</summary>
    public DetectorFitter(TrainingFeatures features, FitOptions options, IProgress<FitProgress>? progress, CancellationToken cancellationToken)
    {
        _features = features;
        _options = options with { Coreset = options.Coreset with { Accelerator = options.Accelerator } };
        _progress = progress;
        _cancellationToken = cancellationToken;
        _folds = new FoldAssignment(features.Images.Count, options.Folds, options.Seed);
        _judge = new HeldOutJudge(features, options.Map);
        Calibration = CalibrationFor(options, features.IsSpilled);
        _source = features.IsSpilled ? Pieces() : new WholeBankSource(features, _folds, _options.Coreset);
        _foldSource = Calibration == CalibrationMethod.PooledBank && !features.IsSpilled ? Pieces() : _source;
    }

    /// <summary>How good images are judged; by pooled banks where the features are in a file, whatever was asked for. Settled once the fit is done.</summary>
    public CalibrationMethod Calibration { get; private set; }

    /// <summary>Picks the banks and sets the thresholds; the caller owns the banks and the model.</summary>
    public FittedBanks Fit() => _options.Threshold.Method == ThresholdMethod.Seed ? FitFoldEnsemble() : FitSingleBank();

    /// <summary>Gives back what the banks were picked from.</summary>
    public void Dispose()
    {
        _source.Dispose();
        _foldSource.Dispose();
        _session?.Dispose();
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
        (MemoryBank bank, double radius) = Calibration == CalibrationMethod.MendedBank
            ? SelectToContinue()
            : _source.SelectAll(CoresetProgress(0, 1), _cancellationToken);
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
            return new FittedBanks([bank], thresholds, radius, _source.Pieces, _model);
        }
        catch
        {
            _model?.Dispose();
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
        int[] groups = [.. bank.SourceImages.Select(image => _folds[image])];
        int least = Enumerable.Range(0, _folds.Count).Min(fold => groups.Count(group => group != fold));
        if (Calibration == CalibrationMethod.MendedBank && least < _options.Scoring.RowsNeeded)
        {
            Calibration = CalibrationMethod.RefittedBank;
        }

        if (Calibration == CalibrationMethod.MaskedBank && least < _options.Scoring.RowsNeeded)
        {
            throw new SemiDefectException($"The memory bank is too small to judge a fold by the rest of it ({bank.Vectors.Rows} patches): keep more patches (--coreset) or add good images.");
        }

        if (Calibration is CalibrationMethod.MaskedBank or CalibrationMethod.MendedBank)
        {
            // The detector will inspect with the same search; indexing the bank costs as much as judging a fold.
            _model = new BankModel(bank, _options.Scoring, groups, _options.Threads, _options.Accelerator);
        }

        _progress?.Report(new FitProgress(FitStage.Thresholds, 0, _features.Images.Count));
        return Calibration switch
        {
            CalibrationMethod.MaskedBank => JudgeByMaskedBank(_model!),
            CalibrationMethod.MendedBank => JudgeByMendedBank(_model!),
            _ => JudgeByFoldBanks(selected => selected.Bank.Dispose()),
        };
    }

    private SelectedBank SelectToContinue()
    {
        _session = CoresetSession.Start(_features.Matrix, _options.Coreset, CoresetProgress(0, 1), _cancellationToken);
        return _features.Gather(_session.Selection, [.. Enumerable.Range(0, _features.Images.Count)]);
    }

    private CalibrationScores JudgeByMendedBank(BankModel model)
    {
        int done = 0;
        var mender = new BankMender(_features, _folds, _session!, model, _cancellationToken);
        for (int fold = 0; fold < _folds.Count; fold++)
        {
            int[] added = mender.Mend(fold);
            if (_options.Scoring.NeedsNearestOnly)
            {
                JudgeByDistances(_folds.Members(fold), mender.DistancesOf(fold, added));
                done += _folds.Members(fold).Length;
                _progress?.Report(new FitProgress(FitStage.Thresholds, done, _features.Images.Count));
                continue;
            }

            using FeatureMatrix? more = added.Length == 0 ? null : _features.Matrix.Gather(added);
            using MemoryBank? joined = more is null ? null : Join(model.Bank, more, added);
            using BankModel? mended = more is null ? null : model.Join(joined!, more, _options.Threads);
            foreach (int image in _folds.Members(fold))
            {
                _judge.Judge(image, mended ?? model, fold, _cancellationToken);
                _progress?.Report(new FitProgress(FitStage.Thresholds, ++done, _features.Images.Count));
            }
        }

        return _judge.Scores;
    }

    // Each image writes scores of its own, so the result does not depend on the threads.
    private void JudgeByDistances(int[] images, double[] squaredDistances)
    {
        var options = new ParallelOptions { MaxDegreeOfParallelism = ThreadCount.Resolve(_options.Threads), CancellationToken = _cancellationToken };
        Parallel.ForEach(images, options, image =>
        {
            ImagePatches patches = _features.Images[image];
            _judge.Judge(image, squaredDistances.AsSpan(patches.FirstRow, patches.Count), _options.Scoring);
        });
    }

    private MemoryBank Join(MemoryBank bank, FeatureMatrix more, int[] added)
    {
        (int[] images, int[] patches) = _features.SourcesOf(added, [.. Enumerable.Range(0, _features.Images.Count)]);
        return new MemoryBank(bank.Vectors.Append(more), [.. bank.SourceImages, .. images], [.. bank.SourcePatches, .. patches]);
    }

    private CalibrationScores JudgeByMaskedBank(BankModel model)
    {
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
            try
            {
                using var model = new BankModel(selected.Bank, _options.Scoring, default, _options.Threads, _options.Accelerator);
                foreach (int image in _folds.Members(fold))
                {
                    _judge.Judge(image, model, -1, _cancellationToken);
                    _progress?.Report(new FitProgress(FitStage.Thresholds, ++done, _features.Images.Count));
                }
            }
            finally
            {
                release(selected);
            }
        }

        return _judge.Scores;
    }

    private static CalibrationMethod CalibrationFor(FitOptions options, bool isSpilled)
    {
        if (isSpilled)
        {
            return CalibrationMethod.PooledBank;
        }

        // With a bank per fold there is no final bank to mend.
        return options.Calibration is not (CalibrationMethod.Automatic or CalibrationMethod.MendedBank) ? options.Calibration
            : options.Threshold.Method == ThresholdMethod.Seed ? CalibrationMethod.RefittedBank
            : CalibrationMethod.MendedBank;
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
        new(_features, _folds, _options.Coreset, MemoryPlan.Of(_options).RowsAtOnce(_features.Columns));
}
