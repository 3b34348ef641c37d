using SemiDefect.Anomaly.Banks;
using SemiDefect.Anomaly.Calibration;
using SemiDefect.Anomaly.Detection;
using SemiDefect.Anomaly.Encoders;
using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.Search.Coresets;
using SemiDefect.Anomaly.Serialization;
using SemiDefect.Anomaly.Sources;

namespace SemiDefect.Anomaly.Updating;

/// <summary>
/// Adds good images to a detector. The new ones are judged fold by fold, each fold by the present bank grown by the other
/// folds alone, so by a detector that never saw them but knows their kind; their scores join those kept from before. An
/// old image's score was taken against a smaller bank. A bank that only grows can only lower the distances that it stands for, so such a score is too high rather
/// than too low, and the false-alarm rate stays below what was asked; where the old images are at hand, they are judged anew (<see cref="KnownImages"/>). Not thread-safe: made for one update.
/// </summary>
internal sealed class DetectorUpdater(
    DetectorBundle bundle,
    BankModel model,
    EmbeddingPipeline pipeline,
    LoadOptions options,
    IProgress<FitProgress>? progress,
    CancellationToken cancellationToken)
{
    private readonly FitRecord _record = bundle.Document.Fit;

    /// <summary>The detector with the new images, without golden inputs. The caller owns its bank.</summary>
    /// <param name="more">The new images.</param>
    /// <param name="known">Where to find images that the detector knows, to judge them anew; or null.</param>
    public DetectorBundle Add(DatasetFolder more, DatasetFolder? known)
    {
        string[] hashes = new string[more.Items.Count];
        var kept = new List<int>();
        var plan = new MemoryPlan(options.MaxMemory);
        using TrainingFeatures features = TrainingFeatures.Collect(
            Embed(more, hashes, kept),
            more.Items.Count,
            (columns, _) => plan.RowsAtOnce(columns),
            done => progress?.Report(new FitProgress(FitStage.Features, done, more.Items.Count)));
        if (features.IsSpilled)
        {
            // Only now is it known how many of the images are new.
            plan.RequireAll(features.Columns, features.Rows, kept.Count);
        }

        if (kept.Count < more.Items.Count)
        {
            string first = more.Items.Where((_, i) => !kept.Contains(i)).First().RelativePath;
            options.Notice?.Invoke($"{more.Items.Count - kept.Count} of {more.Items.Count} images are in the detector already and are passed over, '{first}' first.");
        }

        double[] distances = model.NearestSquaredDistances(features.Matrix, cancellationToken);
        var grower = new BankGrower(model.Bank, _record, options.Threads);
        int[] numbers = [.. Enumerable.Range(_record.Images.Count, kept.Count)];
        (MemoryBank bank, double radius) = grower.Grow(features, numbers, distances, CoresetProgress(), cancellationToken);
        try
        {
            DetectorBundle grown = Describe(
                bank,
                radius,
                Renew(features, numbers, distances, grower),
                features.Matrix.Rows,
                [.. kept.Select(i => more.Items[i].RelativePath)],
                [.. kept.Select(i => hashes[i])]);
            return known is null ? grown : Rejudge(grown, known);
        }
        catch
        {
            bank.Dispose();
            throw;
        }
    }

    private DetectorBundle Rejudge(DetectorBundle grown, DatasetFolder known)
    {
        DetectorDocument document = grown.Document;
        if (document.Thresholds.ImageScores.Count != document.Fit.Images.Count || document.Fit.ImageHashes.Count == 0)
        {
            throw new SemiDefectException("This detector does not tell which images it knows, or keeps no scores of them, so none can be judged anew: update it without --known, or fit again.");
        }

        CalibrationScores scores = KnownImages.Rejudge(known, document, grown.Banks[0], pipeline, options, progress, cancellationToken);
        return grown with { Document = document with { Thresholds = document.Thresholds.Renew(scores.ImageScores, scores.PixelPeaks) } };
    }

    private IEnumerable<EmbeddedImage> Embed(DatasetFolder more, string[] hashes, List<int> kept)
    {
        var known = new HashSet<string>(_record.ImageHashes, StringComparer.Ordinal);
        Image? Read(int index)
        {
            Image image = ImageFile.Read(more.Items[index].FullPath, options.ImageLimits);
            hashes[index] = image.Sha256();
            return known.Contains(hashes[index]) ? null : image;
        }

        foreach (EmbeddedImage image in pipeline.EmbedAll(more.Items.Count, Read, cancellationToken))
        {
            if (image.Dimension != model.Bank.Vectors.Columns)
            {
                throw new SemiDefectException($"The network gives {image.Dimension} values per patch, but the memory bank holds {model.Bank.Vectors.Columns}: fit again.");
            }

            kept.Add(image.Index);
            yield return image;
        }

        if (kept.Count == 0)
        {
            throw new SemiDefectException($"All {more.Items.Count} images below '{more.FullPath}' are in the detector already: nothing was changed.");
        }
    }

    private DetectorThresholds Renew(TrainingFeatures features, int[] numbers, double[] distances, BankGrower grower)
    {
        DetectorThresholds present = bundle.Document.Thresholds;
        if (present.ImageScores.Count != _record.Images.Count)
        {
            // Fitted on one image with a threshold given by hand: there is nothing to renew, and a list with a hole would mislead.
            return present;
        }

        var judge = new HeldOutJudge(features, bundle.Document.Map);
        var folds = new FoldAssignment(features.Images.Count, _record.Folds, _record.Seed);
        int done = 0;
        for (int fold = 0; fold < folds.Count; fold++)
        {
            int[] others = folds.Others(fold);
            using MemoryBank? grown = others.Length == 0 ? null : GrowBy(features, others, numbers, distances, grower);
            using BankModel? other = grown is null ? null : new BankModel(grown, bundle.Document.Scoring, default, options.Threads, options.Accelerator);
            foreach (int image in folds.Members(fold))
            {
                judge.Judge(image, other ?? model, -1, cancellationToken);
                progress?.Report(new FitProgress(FitStage.Thresholds, ++done, features.Images.Count));
            }
        }

        return present.Renew(
            [.. present.ImageScores, .. judge.Scores.ImageScores],
            [.. present.PixelPeaks, .. judge.Scores.PixelPeaks]);
    }

    private MemoryBank GrowBy(TrainingFeatures features, int[] images, int[] numbers, double[] distances, BankGrower grower)
    {
        using TrainingFeatures part = features.Subset(images);
        double[] partDistances =
        [
            .. images.SelectMany(image => distances[features.Images[image].FirstRow..(features.Images[image].FirstRow + features.Images[image].Count)]),
        ];
        return grower.Grow(part, [.. images.Select(image => numbers[image])], partDistances, null, cancellationToken).Bank;
    }

    private DetectorBundle Describe(MemoryBank bank, double radius, DetectorThresholds thresholds, int patches, string[] paths, string[] hashes)
    {
        IReadOnlyList<FitStep> before = _record.Steps.Count > 0 ? _record.Steps : [new FitStep(FitStep.Fit, _record.Images.Count, model.Bank.Vectors.Rows)];
        DetectorDocument document = bundle.Document with
        {
            Engine = DetectorDescription.Engine,
            Thresholds = thresholds,
            Fit = _record with
            {
                Images = [.. _record.Images, .. paths],
                ImageHashes = _record.ImageHashes.Count == _record.Images.Count ? [.. _record.ImageHashes, .. hashes] : [],
                Steps = [.. before, new FitStep(FitStep.Update, paths.Length, bank.Vectors.Rows)],
                Patches = checked(_record.Patches + patches),
                CoveringRadius = _record.CoveringRadius is null ? null : radius,
            },
            Banks = [new BankRecord(bank.Vectors.Rows, bank.Vectors.Columns)],
            Golden = [],
            Sections = [],
        };
        return new DetectorBundle(document, bundle.Backbone, [bank]);
    }

    private SynchronousProgress<CoresetProgress>? CoresetProgress() =>
        progress is null ? null : new(report => progress.Report(new FitProgress(FitStage.Coreset, report.Picks, report.Target)));
}
