using SemiDefect.Anomaly.Banks;
using SemiDefect.Anomaly.Calibration;
using SemiDefect.Anomaly.Detection;
using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.Scoring;
using SemiDefect.Anomaly.Search.Coresets;
using SemiDefect.Anomaly.Search.Neighbors;
using SemiDefect.Anomaly.Serialization;
using SemiDefect.Anomaly.Sources;
using SemiDefect.Anomaly.Views;

namespace SemiDefect.Anomaly.Updating;

/// <summary>
/// Adds good images to a detector. The new images are scored fold by fold, each fold by the current banks extended with
/// the other folds, that is by a detector that was trained on similar images but not on these. The scores are appended
/// to the stored ones. The stored scores were computed against a smaller bank. Extending a bank can only reduce
/// distances, so these scores are too high rather than too low, and the false-alarm rate stays below the requested one;
/// with whitening, single scores may also rise, because other rows are then among the nearest.
/// If the old images are available, they are scored again (<see cref="KnownImages"/>). Not thread-safe; use once.
/// </summary>
internal sealed class DetectorUpdater(
    DetectorBundle bundle,
    DetectorPipeline pipeline,
    LoadOptions options,
    IProgress<FitProgress>? progress,
    CancellationToken cancellationToken)
{
    private readonly FitRecord _record = bundle.Document.Fit;
    private readonly HashSet<string> _known = new(bundle.Document.Fit.ImageHashes, StringComparer.Ordinal);

    /// <summary>The detector with the new images, without golden images. The caller owns its banks.</summary>
    /// <param name="more">The new images.</param>
    /// <param name="known">Images that the detector was trained on, to be scored again; or null.</param>
    public DetectorBundle Add(IImageSource more, IImageSource? known)
    {
        string[] hashes = new string[more.Count];
        var grown = new List<GrownBranch>();
        try
        {
            for (int branch = 0; branch < pipeline.Branches.Count; branch++)
            {
                grown.Add(Grow(branch, more, hashes));
            }

            int[] kept = [.. grown[0].Kept];
            if (kept.Length < more.Count)
            {
                string first = more.Describe(Enumerable.Range(0, more.Count).Except(kept).First()).Name;
                options.Logger.ImagesKnown(more.Count - kept.Length, more.Count, first);
            }

            DetectorBundle updated = Describe(
                grown, Renew(grown), [.. kept.Select(i => more.Describe(i).Name)], [.. kept.Select(i => hashes[i])]);
            return known is null ? updated : Rejudge(updated, known);
        }
        catch
        {
            grown.ForEach(branch => branch.Bank.Dispose());
            throw;
        }
    }

    private GrownBranch Grow(int index, IImageSource more, string[] hashes)
    {
        Branch branch = pipeline.Branches[index];
        Lane lane = pipeline.Lanes[branch.Lane];
        var model = (MemoryBankModel)branch.Model;
        BankRecord bank = bundle.Document.Branches[index].Bank;
        var kept = new List<int>();
        var plan = new MemoryPlan(options.MaxMemory);
        using TrainingFeatures features = TrainingFeatures.Collect(
            Encode(lane, more, hashes, kept),
            more.Count,
            (columns, _) => plan.RowsAtOnce(columns),
            done => progress?.Report(new FitProgress(FitStage.Features, done, more.Count)));
        if (features.IsSpilled)
        {
            // The number of new images is only known here.
            plan.RequireAll(features.Columns, features.Rows, kept.Count);
        }

        double[] distances = model.NearestSquaredDistances(features.Matrix, cancellationToken);
        FitRecord record = _record with { Patches = bank.Patches, CoveringRadius = bank.CoveringRadius };
        var grower = new BankGrower(model.Bank, record, options.Threads);
        int[] numbers = [.. Enumerable.Range(_record.Images.Count, kept.Count)];
        SelectedBank selected = grower.Grow(features, numbers, distances, CoresetProgress(), cancellationToken);
        try
        {
            BranchScores[] scores = Judge(features, branch, lane.Plan.LearnedTurns, model, numbers, distances, grower);
            return new GrownBranch(selected.Bank, selected.CoveringRadius, features.Matrix.Rows, kept, scores);
        }
        catch
        {
            selected.Bank.Dispose();
            throw;
        }
    }

    private DetectorBundle Rejudge(DetectorBundle updated, IImageSource known)
    {
        DetectorDocument document = updated.Document;
        if (document.Thresholds.ImageScores.Count != document.Fit.Images.Count || document.Fit.ImageHashes.Count == 0)
        {
            throw new SemiDefectException(
                "This detector does not record its training images or their scores, so none can be scored again: "
                    + "update it without --known, or fit again.");
        }

        DetectorThresholds thresholds =
            KnownImages.Rejudge(known, updated, pipeline, options, progress, cancellationToken);
        return updated with { Document = document with { Thresholds = thresholds } };
    }

    private IEnumerable<EncodedView> Encode(Lane lane, IImageSource more, string[] hashes, List<int> kept)
    {
        Image? Read(int index)
        {
            Image image = more.Read(index, cancellationToken);
            hashes[index] = image.Sha256();
            return _known.Contains(hashes[index]) ? null : image;
        }

        var stream = new EncodingStream([lane], options.BatchSize);
        int columns = bundle.Document.Branches.First(branch => pipeline.Lanes[branch.Lane] == lane).Bank.Columns;
        foreach (EncodedView view in stream.EncodeAll(more.Count, Read, ViewPurpose.Learn, cancellationToken))
        {
            if (view.Grid.Dimension != columns)
            {
                throw new SemiDefectException(
                    $"The network gives {view.Grid.Dimension} values per patch, but the memory bank holds {columns}: "
                        + "fit again.");
            }

            if (view.Position == 0)
            {
                kept.Add(view.Image);
            }

            yield return view;
        }

        if (kept.Count == 0)
        {
            throw new SemiDefectException($"All {more.Count} images are in the detector already: nothing was changed.");
        }
    }

    // Each fold of the new images, by the bank extended with the other folds.
    private BranchScores[] Judge(
        TrainingFeatures features,
        Branch branch,
        int turns,
        MemoryBankModel model,
        int[] numbers,
        double[] distances,
        BankGrower grower)
    {
        if (bundle.Document.Thresholds.ImageScores.Count != _record.Images.Count)
        {
            // Fitted on one image with a fixed threshold: there are no scores to extend, and an incomplete list would
            // mislead.
            return [];
        }

        var scores = new BranchScores[features.Images.Count];
        var folds = new FoldAssignment(features.Images.Count, _record.Folds, _record.Seed);
        int done = 0;
        for (int fold = 0; fold < folds.Count; fold++)
        {
            int[] others = folds.Others(fold);
            using MemoryBank? bank = others.Length == 0 ? null : GrowBy(features, others, numbers, distances, grower);
            using MemoryBankModel? other = bank is null
                ? null
                : new MemoryBankModel(
                    bank,
                    branch.Scoring,
                    default,
                    options.Threads,
                    options.Accelerator,
                    pipeline.Lanes[branch.Lane].Whitening);
            foreach (int image in folds.Members(fold))
            {
                int views = features.Images[image].Layouts.Count / turns;
                scores[image] = BranchScores.Of(
                    [
                        .. Enumerable.Range(0, views).Select(view =>
                            (other ?? model).Score(features.GridOf(image, view), BankFilter.All, cancellationToken)),
                    ],
                    branch.Scoring);
                progress?.Report(new FitProgress(FitStage.Thresholds, ++done, features.Images.Count));
            }
        }

        return scores;
    }

    private DetectorThresholds Renew(List<GrownBranch> grown)
    {
        DetectorThresholds present = bundle.Document.Thresholds;
        if (grown[0].Scores.Count == 0)
        {
            return present;
        }

        ScoredImage[] scored =
            [
                .. Enumerable.Range(0, grown[0].Scores.Count)
                    .Select(image => pipeline.Fuse([.. grown.Select(branch => branch.Scores[image])]))
            ];
        return present.Renew(
            [.. present.ImageScores, .. scored.Select(image => image.Score)],
            [.. present.PixelPeaks, .. scored.Select(image => (double)image.Map.Peak)],
            present.BranchImageScores is { } scores
                ? [.. scores, .. scored.Select(image => image.BranchImageScores)]
                : null,
            present.BranchPixelPeaks is { } peaks ? [.. peaks, .. scored.Select(image => image.BranchPeaks)] : null);
    }

    private MemoryBank GrowBy(
        TrainingFeatures features,
        int[] images,
        int[] numbers,
        double[] distances,
        BankGrower grower)
    {
        using TrainingFeatures part = features.Subset(images);
        double[] partDistances =
        [
            .. images.SelectMany(image =>
                distances.Skip(features.Images[image].FirstRow).Take(features.Images[image].Count)),
        ];
        return grower.Grow(
            part, [.. images.Select(image => numbers[image])], partDistances, null, cancellationToken).Bank;
    }

    private DetectorBundle Describe(
        List<GrownBranch> grown,
        DetectorThresholds thresholds,
        string[] names,
        string[] hashes)
    {
        IReadOnlyList<FitStep> before = _record.Steps.Count > 0
            ? _record.Steps
            : [new FitStep(FitStep.Fit, _record.Images.Count, bundle.Banks.Sum(bank => bank.Vectors.Rows))];
        DetectorDocument document = bundle.Document with
        {
            Engine = DetectorDocument.ThisEngine,
            Thresholds = thresholds,
            Branches = [.. bundle.Document.Branches.Zip(grown, (branch, more) => branch with
            {
                Bank = new BankRecord(more.Bank.Vectors.Rows, more.Bank.Vectors.Columns)
                {
                    Patches = checked(branch.Bank.Patches + more.Patches),
                    CoveringRadius = branch.Bank.CoveringRadius is null ? null : more.CoveringRadius,
                },
            })],
            Fit = _record with
            {
                Images = [.. _record.Images, .. names],
                ImageHashes = _record.ImageHashes.Count == _record.Images.Count
                    ? [.. _record.ImageHashes, .. hashes]
                    : [],
                Steps =
                [
                    .. before, new FitStep(FitStep.Update, names.Length, grown.Sum(branch => branch.Bank.Vectors.Rows))
                ],
                Patches = checked(_record.Patches + grown.Sum(branch => branch.Patches)),
                CoveringRadius = _record.CoveringRadius is null ? null : grown.Max(branch => branch.CoveringRadius),
            },
            Golden = [],
            Sections = [],
        };
        return new DetectorBundle(document, bundle.Networks, [.. grown.Select(branch => branch.Bank)]);
    }

    private SynchronousProgress<CoresetProgress>? CoresetProgress() =>
        progress is null
            ? null
            : new(report => progress.Report(new FitProgress(FitStage.Coreset, report.Picks, report.Target)));

    private sealed record GrownBranch(
        MemoryBank Bank,
        double CoveringRadius,
        int Patches,
        IReadOnlyList<int> Kept,
        IReadOnlyList<BranchScores> Scores);
}
