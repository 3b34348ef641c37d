using SemiDefect.Anomaly.Banks;
using SemiDefect.Anomaly.Calibration;
using SemiDefect.Anomaly.Scoring;
using SemiDefect.Anomaly.Search.Coresets;
using SemiDefect.Anomaly.Search.Neighbors;
using SemiDefect.Anomaly.Search.Numerics;
using SemiDefect.Anomaly.Search.Threading;

namespace SemiDefect.Anomaly.Detection;

/// <summary>
/// Fits a lane after its features are computed: selects memory banks (coresets) and scores the good images out of fold
/// with the same models that inspect. Not thread-safe; use once.
/// </summary>
internal sealed partial class LaneFitter : IDisposable
{
    private readonly TrainingFeatures _features;
    private readonly IReadOnlyList<DeviationScore> _ways;
    private PatchWhitening? _whitening;
    private readonly FitOptions _options;
    private readonly IProgress<FitProgress>? _progress;
    private readonly CancellationToken _cancellationToken;
    private readonly FoldAssignment _folds;
    private readonly int _turns;
    private readonly PlantedScorer? _planted;
    private readonly IBankSource _source;
    private readonly IBankSource _foldSource;
    private CalibrationMethod _calibration;
    private int _plantedImages;
    private CoresetSession? _session;

    /// <summary>Prepares a fit; the caller keeps ownership of the features.</summary>
    /// <param name="features">The patches of all good images.</param>
    /// <param name="whitening">Weighs the deviations of patches; null for none. Passes to the result.</param>
    /// <param name="turns">The number of variants (turns, brightness) in which each view is trained; the first one is
    /// used for scoring.</param>
    /// <param name="planted">Scores planted defects with the models of the calibration; null for none.</param>
    /// <param name="options">The fit options, with the coreset options to use.</param>
    /// <param name="plan">The memory plan of the banks.</param>
    /// <param name="progress">Receives selected patches and scored images.</param>
    /// <param name="cancellationToken">Stops the fit.</param>
    public LaneFitter(
        TrainingFeatures features,
        PatchWhitening? whitening,
        int turns,
        PlantedScorer? planted,
        FitOptions options,
        MemoryPlan plan,
        IProgress<FitProgress>? progress,
        CancellationToken cancellationToken)
    {
        _features = features;
        _whitening = whitening;
        _ways = DeviationScores.Of(whitening, options.FoldBanks);
        _turns = turns;
        _planted = planted;
        _options = options;
        _progress = progress;
        _cancellationToken = cancellationToken;
        _folds = new FoldAssignment(features.Images.Count, options.Folds, options.Seed);
        _calibration = CalibrationFor(options, features.IsSpilled);
        PiecewiseBankSource Pieces() => new(features, _folds, options.Coreset, plan.RowsAtOnce(features.Columns));
        _source = features.IsSpilled ? Pieces() : new WholeBankSource(features, _folds, options.Coreset);
        _foldSource = _calibration == CalibrationMethod.PooledBank && !features.IsSpilled ? Pieces() : _source;
    }

    /// <summary>Selects the banks and scores the good images; the caller owns banks and models.</summary>
    public FittedLane Fit()
    {
        try
        {
            return (_options.FoldBanks ? FitFoldBanks() : FitOneBank()) with { Whitening = _whitening };
        }
        catch
        {
            _whitening?.Dispose();
            throw;
        }
    }

    /// <summary>Frees the source of the banks.</summary>
    public void Dispose()
    {
        _source.Dispose();
        _foldSource.Dispose();
        _session?.Dispose();
    }

    private FittedLane FitOneBank()
    {
        (MemoryBank bank, double radius) = _calibration == CalibrationMethod.RepairedBank
            ? SelectToContinue()
            : _source.SelectAll(CoresetProgress(0, 1), _cancellationToken);
        MemoryBankModel? model = null;
        try
        {
            // The search is reused for inspection; indexing the bank costs as much as scoring a fold.
            model = ModelOf(bank);
            BranchScores[][] scores = Calibrate(bank, model);
            int way = _ways.Count == 1 ? 0 : DeviationScores.Choose(
                [.. scores.Select(image => (double[])[.. image.Select(branch => branch.ImageScore)])]);
            model = Use(way, model);
            return new FittedLane(
                [bank],
                [model],
                new OutOfFoldScores([.. scores.Select(image => (IReadOnlyList<BranchScores>)[image[way]])], null),
                radius,
                _source.Pieces,
                _calibration,
                _features.Rows)
            {
                Planted = _planted?.Scored(way) ?? [],
            };
        }
        catch
        {
            model?.Dispose();
            bank.Dispose();
            throw;
        }
    }

    // The scores of the good images tell which way serves them best; the search stays as it is.
    private MemoryBankModel Use(int way, MemoryBankModel model)
    {
        if (way == 0)
        {
            return model;
        }

        _whitening = _whitening!.For(_ways[way]);
        return model.With(_whitening);
    }

    private BranchScores[][] Calibrate(MemoryBank bank, MemoryBankModel model)
    {
        if (_features.Images.Count == 1 && _turns > 1 && FewImages.IsFor(_options, 1))
        {
            return JudgeByOwnViews();
        }

        if (_features.Images.Count == 1 && _options.Threshold.Method == ThresholdMethod.Fixed)
        {
            return [];
        }

        RequireTwoImages();
        int least =
            Enumerable.Range(0, _folds.Count).Min(fold => bank.SourceImages.Count(image => _folds[image] != fold));
        if (_calibration == CalibrationMethod.RepairedBank && least < RowsNeeded)
        {
            _calibration = CalibrationMethod.RefittedBank;
        }

        if (_calibration == CalibrationMethod.MaskedBank && least < RowsNeeded)
        {
            throw new SemiDefectException(
                $"The memory bank is too small to score a fold by the rest of it ({bank.Vectors.Rows} patches): "
                + "keep more patches (--coreset) or add good images.");
        }

        _progress?.Report(new FitProgress(FitStage.Thresholds, 0, _features.Images.Count));
        return _calibration switch
        {
            CalibrationMethod.MaskedBank => JudgeByMaskedBank(model),
            CalibrationMethod.RepairedBank => JudgeByRepairedBank(model),
            _ => JudgeByOtherBanks(),
        };
    }

    private SelectedBank SelectToContinue()
    {
        _session = CoresetSession.Start(_features.Matrix, _options.Coreset, CoresetProgress(0, 1), _cancellationToken);
        return _features.Gather(_session.Selection, [.. Enumerable.Range(0, _features.Images.Count)]);
    }

    private BranchScores[][] JudgeByRepairedBank(MemoryBankModel model)
    {
        var scores = new BranchScores[_features.Images.Count][];
        int done = 0;
        var repairer = new BankRepairer(_features, _folds, _session!, model, _cancellationToken);
        for (int fold = 0; fold < _folds.Count; fold++)
        {
            int[] added = repairer.Repair(fold);
            bool isByDistances = _options.Scoring.NeedsNearestOnly && _whitening is null;
            if (isByDistances)
            {
                JudgeByDistances(_folds.Members(fold), repairer.DistancesOf(fold, added), scores);
                done += _folds.Members(fold).Length;
                _progress?.Report(new FitProgress(FitStage.Thresholds, done, scores.Length));
                if (_planted is null)
                {
                    continue;
                }
            }

            using FeatureMatrix? more = added.Length == 0 ? null : _features.Matrix.Gather(added);
            using MemoryBank? joined = more is null ? null : Join(model.Bank, more, added);
            using MemoryBankModel? repaired = more is null ? null : model.Join(joined!, more, _options.Threads);
            foreach (int image in isByDistances ? [] : _folds.Members(fold))
            {
                scores[image] = Judge(image, repaired ?? model, BankFilter.Without(fold));
                _progress?.Report(new FitProgress(FitStage.Thresholds, ++done, scores.Length));
            }

            JudgePlanted(_folds.Members(fold), repaired ?? model, BankFilter.Without(fold));
        }

        return scores;
    }

    private void JudgePlanted(IEnumerable<int> images, MemoryBankModel model, BankFilter filter)
    {
        foreach (int image in _planted is null ? [] : images.Where(_planted.Contains))
        {
            _planted!.Score(image, model, filter, _ways, _cancellationToken);
            _progress?.Report(new FitProgress(FitStage.Planting, ++_plantedImages, _planted.Count));
        }
    }

    // Each image writes to its own scores, so the result does not depend on the number of threads.
    private void JudgeByDistances(int[] images, double[] squaredDistances, BranchScores[][] scores)
    {
        var options = new ParallelOptions
        {
            MaxDegreeOfParallelism = ThreadCount.Resolve(_options.Threads),
            CancellationToken = _cancellationToken,
        };
        Parallel.ForEach(images, options, image =>
        {
            ImageRows rows = _features.Images[image];
            scores[image] =
            [
                BranchScores.Of(
                    [
                        .. Inspected(image).Select(view => PatchScores.Of(
                            rows.Layouts[view],
                            squaredDistances.AsSpan(rows.FirstRowOf(view), rows.Layouts[view].Count),
                            _options.Scoring)),
                    ],
                    _options.Scoring),
            ];
        });
    }

    private MemoryBank Join(MemoryBank bank, FeatureMatrix more, int[] added)
    {
        (int[] images, int[] patches) = _features.SourcesOf(added, [.. Enumerable.Range(0, _features.Images.Count)]);
        return new MemoryBank(
            bank.Vectors.Append(more), [.. bank.SourceImages, .. images], [.. bank.SourcePatches, .. patches]);
    }

    private BranchScores[][] JudgeByMaskedBank(MemoryBankModel model)
    {
        var scores = new BranchScores[_features.Images.Count][];
        for (int image = 0; image < scores.Length; image++)
        {
            scores[image] = Judge(image, model, BankFilter.Without(_folds[image]));
            JudgePlanted([image], model, BankFilter.Without(_folds[image]));
            _progress?.Report(new FitProgress(FitStage.Thresholds, image + 1, scores.Length));
        }

        return scores;
    }

    // A single image as it is, by a bank of its turned copies: the only other views of the part that there are.
    private BranchScores[][] JudgeByOwnViews()
    {
        int columns = _features.Columns;
        int first = _features.Images[0].FirstRowOf(Inspected(0).Count());
        int count = _features.Rows - first;
        if (count < RowsNeeded)
        {
            RequireTwoImages();
        }

        using FeatureMatrix copies =
            FeatureMatrix.CopyOf(_features.RowsOf(0).Slice(first * columns, count * columns), count, columns);
        int[] selected =
            Coreset.Select(copies, _options.Coreset, CoresetProgress(0, 1), _cancellationToken).Indices;
        using var bank = MemoryBank.FromSelection(copies, selected, count);
        using var model = new MemoryBankModel(
            bank, _options.Scoring, default, _options.Threads, _options.Accelerator, _whitening);
        BranchScores[][] scores = [Judge(0, model, BankFilter.All)];
        _progress?.Report(new FitProgress(FitStage.Thresholds, 1, 1));
        JudgePlanted([0], model, BankFilter.All);
        return scores;
    }

    private BranchScores[][] JudgeByOtherBanks()
    {
        var scores = new BranchScores[_features.Images.Count][];
        int done = 0;
        for (int fold = 0; fold < _folds.Count; fold++)
        {
            SelectedBank selected =
                _foldSource.SelectWithout(fold, CoresetProgress(fold, _folds.Count), _cancellationToken);
            using MemoryBank bank = selected.Bank;
            using MemoryBankModel model = ModelOf(bank);
            foreach (int image in _folds.Members(fold))
            {
                scores[image] = Judge(image, model, BankFilter.All);
                _progress?.Report(new FitProgress(FitStage.Thresholds, ++done, scores.Length));
            }

            JudgePlanted(_folds.Members(fold), model, BankFilter.All);
        }

        return scores;
    }

    // By each way; nearest rows are not needed later, and there are many.
    private BranchScores[] Judge(int image, MemoryBankModel model, BankFilter filter) => BranchScores.ByWay(
        [
            .. Inspected(image).Select(view => (PatchScores[])
            [
                .. model.Score(_features.GridOf(image, view), filter, _ways, _cancellationToken)
                    .Select(scores => scores with { NearestRows = [] }),
            ]),
        ],
        _options.Scoring);

    private IEnumerable<int> Inspected(int image) =>
        Enumerable.Range(0, _features.Images[image].Layouts.Count / _turns);

    private int RowsNeeded => MemoryBankModel.RowsNeeded(_options.Scoring, _whitening);

    // The group of each row is its fold, so that a fold can be excluded.
    private MemoryBankModel ModelOf(MemoryBank bank) =>
        new(
            bank,
            _options.Scoring,
            bank.SourceImages.Select(image => _folds[image]).ToArray(),
            _options.Threads,
            _options.Accelerator,
            _whitening);

    private static CalibrationMethod CalibrationFor(FitOptions options, bool isSpilled)
    {
        if (isSpilled)
        {
            return CalibrationMethod.PooledBank;
        }

        // With a bank per fold, there is no final bank to repair.
        return options.Calibration is not (CalibrationMethod.Automatic or CalibrationMethod.RepairedBank)
            ? options.Calibration
            : options.FoldBanks ? CalibrationMethod.RefittedBank
            : CalibrationMethod.RepairedBank;
    }

    private void RequireTwoImages()
    {
        if (_features.Images.Count < 2)
        {
            throw new SemiDefectException(
                "One good image cannot set a threshold without turned copies of it: give two or more, --turns 4, or a "
                    + "fixed threshold.");
        }
    }

    private SynchronousProgress<CoresetProgress>? CoresetProgress(int bank, int banks) => _progress is null
        ? null
        : new(report =>
            _progress.Report(
                new FitProgress(FitStage.Coreset, bank * report.Target + report.Picks, banks * report.Target)));
}
