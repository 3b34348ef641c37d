using SemiDefect.Anomaly.Memory;
using SemiDefect.Anomaly.Scoring;
using SemiDefect.Anomaly.Thresholds;

namespace SemiDefect.Anomaly.Fitting;

/// <summary>
/// What comes after the features: memory banks by coreset, and thresholds from good images judged out of fold.
/// Not thread-safe: made for one fit.
/// </summary>
internal sealed class DetectorFitter(TrainingFeatures features, FitOptions options, IProgress<FitProgress>? progress, CancellationToken cancellationToken)
{
    private readonly FoldAssignment _folds = new(features.Images.Count, options.Folds, options.Seed);
    private readonly AnomalyMapBuilder _maps = new(options.Map);
    private readonly CoresetOptions _coreset = options.Coreset with { Accelerator = options.Accelerator };

    /// <summary>The banks and thresholds; the caller owns the banks.</summary>
    public (IReadOnlyList<MemoryBank> Banks, DetectorThresholds Thresholds) Fit() =>
        options.Threshold.Method == ThresholdMethod.Seed ? FitFoldEnsemble() : FitSingleBank();

    // The mission's rule: one bank per fold; threshold = mean over the folds of the highest held-out score.
    private (IReadOnlyList<MemoryBank> Banks, DetectorThresholds Thresholds) FitFoldEnsemble()
    {
        RequireTwoImages();
        var banks = new List<MemoryBank>();
        try
        {
            CalibrationScores scores = JudgeByRefittedBanks(banks.Add);
            return (banks, new DetectorThresholds
            {
                Options = options.Threshold,
                Image = SeedRule(scores.ImageScores),
                Pixel = SeedRule(scores.PixelPeaks),
                ImageScores = scores.ImageScores,
                PixelPeaks = scores.PixelPeaks,
            });
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

    private (IReadOnlyList<MemoryBank> Banks, DetectorThresholds Thresholds) FitSingleBank()
    {
        MemoryBank bank = features.SelectBank(_coreset, [.. Enumerable.Range(0, features.Images.Count)], CoresetProgress(0, 1), cancellationToken);
        try
        {
            CalibrationScores scores = Calibrate(bank);
            return ([bank], new DetectorThresholds
            {
                Options = options.Threshold,
                Image = ThresholdRule.Compute(scores.ImageScores, options.Threshold),
                Pixel = ThresholdRule.Compute(scores.PixelPeaks, options.Threshold),
                ImageScores = scores.ImageScores,
                PixelPeaks = scores.PixelPeaks,
            });
        }
        catch
        {
            bank.Dispose();
            throw;
        }
    }

    private CalibrationScores Calibrate(MemoryBank bank)
    {
        if (features.Images.Count == 1 && options.Threshold.Method == ThresholdMethod.Fixed)
        {
            return new CalibrationScores([], []);
        }

        RequireTwoImages();
        return options.CalibrationFor(features.Images.Count, features.Matrix.Rows) == CalibrationMethod.MaskedBank
            ? JudgeByMaskedBank(bank)
            : JudgeByRefittedBanks(refitted => refitted.Dispose());
    }

    private CalibrationScores JudgeByMaskedBank(MemoryBank bank)
    {
        int[] groups = [.. bank.SourceImages.Select(image => _folds[image])];
        if (Enumerable.Range(0, _folds.Count).Any(fold => groups.Count(group => group != fold) < options.Scoring.Neighbors))
        {
            throw new SemiDefectException($"The memory bank is too small to judge a fold by the rest of it ({bank.Vectors.Rows} patches): keep more patches (--coreset) or add good images.");
        }

        using var model = new BankModel(bank, options.Scoring, groups, options.Threads, options.Accelerator);
        var scores = new CalibrationScores(new double[features.Images.Count], new double[features.Images.Count]);
        for (int image = 0; image < features.Images.Count; image++)
        {
            Judge(image, model, _folds[image], scores);
            progress?.Report(new FitProgress(FitStage.Thresholds, image + 1, features.Images.Count));
        }

        return scores;
    }

    private CalibrationScores JudgeByRefittedBanks(Action<MemoryBank> release)
    {
        var scores = new CalibrationScores(new double[features.Images.Count], new double[features.Images.Count]);
        int done = 0;
        for (int fold = 0; fold < _folds.Count; fold++)
        {
            int[] others = _folds.Others(fold);
            MemoryBank bank;
            using (TrainingFeatures rest = features.Subset(others))
            {
                bank = rest.SelectBank(_coreset, others, CoresetProgress(fold, _folds.Count), cancellationToken);
            }

            using var model = new BankModel(bank, options.Scoring, default, options.Threads, options.Accelerator);
            foreach (int image in _folds.Members(fold))
            {
                Judge(image, model, -1, scores);
                progress?.Report(new FitProgress(FitStage.Thresholds, ++done, features.Images.Count));
            }

            release(bank);
        }

        return scores;
    }

    private void Judge(int image, BankModel model, int excludedGroup, CalibrationScores scores)
    {
        ImagePatches patches = features.Images[image];
        PatchScores judged = model.Score(features.RowsOf(image), excludedGroup, cancellationToken);
        AnomalyMap map = _maps.Build(judged.Values, patches.GridHeight, patches.GridWidth, patches.Geometry.InputHeight, patches.Geometry.InputWidth);
        scores.ImageScores[image] = judged.ImageScore;
        scores.PixelPeaks[image] = map.Peak;
    }

    private void RequireTwoImages()
    {
        if (features.Images.Count < 2)
        {
            throw new SemiDefectException("One good image cannot set a threshold: give two or more, or a fixed threshold.");
        }
    }

    private SynchronousProgress<CoresetProgress>? CoresetProgress(int bank, int banks) =>
        progress is null ? null : new(report => progress.Report(new FitProgress(FitStage.Coreset, bank * report.Target + report.Picks, banks * report.Target)));
}
