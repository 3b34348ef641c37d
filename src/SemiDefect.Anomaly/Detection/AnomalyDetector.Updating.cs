using SemiDefect.Anomaly.Calibration;
using SemiDefect.Anomaly.Detection;
using SemiDefect.Anomaly.Encoders;
using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.Scoring;
using SemiDefect.Anomaly.Search.Coresets;
using SemiDefect.Anomaly.Serialization;
using SemiDefect.Anomaly.Sources;
using SemiDefect.Anomaly.Updating;
using SemiDefect.Anomaly.Verification;

namespace SemiDefect.Anomaly;

// What makes a detector of detectors that are there, and compares it with itself on another machine.
public sealed partial class AnomalyDetector
{
    /// <summary>
    /// A detector that knows more good images as well; this one stays as it is. The memory banks are extended,
    /// thresholds are set
    /// anew from the held-out scores kept and those of the new images: docs/updating.md. Images that the detector knows
    /// already are passed
    /// over. Memory: the features of the new images and twice the bank.
    /// </summary>
    /// <param name="more">More images of good parts.</param>
    /// <param name="known">
    /// Where to find images that the detector learned from, recognized by their pixels: they are judged anew by the
    /// grown bank. Null to keep their
    /// scores, which were taken against a smaller bank and make for a threshold on the careful side.
    /// </param>
    /// <param name="progress">Told of each step, from the calling thread.</param>
    /// <param name="cancellationToken">Stops the update.</param>
    /// <exception cref="SemiDefectException">An image cannot be read, there is nothing new, or the detector keeps a
    /// bank per fold.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public AnomalyDetector Update(
        IImageSource more,
        IImageSource? known = null,
        IProgress<FitProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(more);
        RequireNoFoldBanks();
        more = ImageFolder.Under(more, _options.ImageLimits);
        DetectorDocumentRules.RequireNames(more);
        known = known is null ? null : ImageFolder.Under(known, _options.ImageLimits);
        DetectorBundle grown = new DetectorUpdater(_bundle, _pipeline, _options, progress, cancellationToken)
            .Add(more, known);
        return Restart(grown, _bundle.Golden.Select(input => (input.Record.Image, input)));
    }

    /// <summary>
    /// A detector that knows the good images of two that were fitted alike (the same network, preprocessing, patches,
    /// scoring, map and threshold
    /// rule); both stay as they are, and their order does not matter: docs/updating.md.
    /// </summary>
    /// <param name="first">A detector.</param>
    /// <param name="second">Another; its options of running serve the new one as well.</param>
    /// <param name="size">The size of the memory bank: a count, or a share of the patches of all images; null to keep
    /// all rows that differ.</param>
    /// <param name="progress">Told of the selection, from the calling thread.</param>
    /// <param name="cancellationToken">Stops the merge.</param>
    /// <exception cref="SemiDefectException">The two were not fitted alike, or one keeps a bank per fold; the message
    /// says what differs.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static AnomalyDetector Merge(
        AnomalyDetector first,
        AnomalyDetector second,
        CoresetOptions? size = null,
        IProgress<CoresetProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        first.RequireNoFoldBanks();
        second.RequireNoFoldBanks();
        (DetectorBundle merged, IReadOnlyList<(int Image, GoldenInput Input)> golden) = DetectorMerger.Merge(
            first._bundle, first._pipeline, second._bundle, second._pipeline, size, progress, cancellationToken);
        return second.Restart(merged, golden);
    }

    /// <summary>Sets the thresholds of a detector file anew from what was learned at the fit; nothing is fitted
    /// again.</summary>
    /// <param name="path">The detector file.</param>
    /// <param name="options">A rule for the false-alarm rate, which sets both thresholds; or a fixed value, which sets
    /// the image threshold alone.</param>
    /// <param name="pixelValue">A fixed pixel threshold, or null.</param>
    /// <param name="outputPath">Where to write; null to replace the file, which must not be in use then on
    /// Windows.</param>
    /// <returns>The old thresholds and the new ones.</returns>
    /// <exception cref="SemiDefectException">A file cannot be read or written, or the rule cannot be used; the old file
    /// is then as it was.</exception>
    public static (DetectorThresholds Before, DetectorThresholds After) ChangeThresholds(
        string path, ThresholdOptions options, double? pixelValue = null, string? outputPath = null)
    {
        DetectorThresholds? before = null;
        DetectorThresholds? after = null;
        DetectorFileEditor.Change(path, outputPath ?? path, document =>
        {
            before = document.Thresholds;
            after = before.Change(options, pixelValue, FoldsOf(document.Fit));
            return document with { Thresholds = after };
        });
        return (before!, after!);
    }

    /// <summary>
    /// Replays the golden inputs of the detector on this machine, and says how far features and scores deviate from
    /// where it was made and whether a decision could differ.
    /// </summary>
    /// <exception cref="SemiDefectException">The detector holds no golden inputs.</exception>
    public DetectorVerification Verify()
    {
        if (_bundle.Golden.Count == 0)
        {
            throw new SemiDefectException(
                "This detector holds no golden inputs to replay: it was fitted without (--golden-images 0), or before "
                    + "they were kept. Fit again to have them.");
        }

        return DetectorVerifier.Verify(Document, _bundle.Golden, Replay);
    }

    internal Replay Replay(IReadOnlyList<Image> canvases, int width, int height)
    {
        (ScoredImage scored, IReadOnlyList<PatchGrid> firstViews) = _pipeline.Replay(canvases, width, height);

        // The banks of folds share their patches, of which the highest scores make the map.
        IEnumerable<PatchScores> scores = Document.HasFoldBanks
            ? Enumerable.Range(0, scored.Branches[0].Views.Count)
                .Select(view => ScoreFusion.HighestOf([.. scored.Branches.Select(branch => branch.Views[view])]))
            : scored.Branches.SelectMany(branch => branch.Views);
        return new Replay(firstViews, [.. scores.SelectMany(view => view.Values)], scored.Score, scored.Map.Peak);
    }

    // The folds of a fit are drawn from its seed; after an update they are those of several steps.
    private static FoldAssignment? FoldsOf(FitRecord fit) =>
        fit.Steps.Count > 1 ? null : new FoldAssignment(fit.Images.Count, fit.Folds, fit.Seed);

    // A detector of its own, with its own sessions of the same networks, or its own share of an encoder given in code.
    private AnomalyDetector Restart(DetectorBundle bundle, IEnumerable<(int Image, GoldenInput Input)> golden)
    {
        LoadOptions options = _options with { Encoder = EncoderShare.Of(_options.Encoder) };
        try
        {
            return Complete(
                bundle,
                Start(bundle, options),
                options,
                golden.Select(one =>
                    (
                        one.Image,
                        one.Input.Record.OriginalWidth,
                        one.Input.Record.OriginalHeight,
                        GoldenSet.CanvasesOf(one.Input))));
        }
        catch
        {
            bundle.Dispose();
            throw;
        }
    }

    private void RequireNoFoldBanks()
    {
        if (Document.HasFoldBanks)
        {
            throw new SemiDefectException(
                "This detector keeps a bank per fold (preset seed), and each would have to be fitted anew: fit again "
                    + "with all images, or use another preset.");
        }
    }
}
