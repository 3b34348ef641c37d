using SemiDefect.Anomaly.Calibration;
using SemiDefect.Anomaly.Detection;
using SemiDefect.Anomaly.Encoders;
using SemiDefect.Anomaly.Search.Coresets;
using SemiDefect.Anomaly.Serialization;
using SemiDefect.Anomaly.Sources;
using SemiDefect.Anomaly.Updating;
using SemiDefect.Anomaly.Verification;

namespace SemiDefect.Anomaly;

// Changes to fitted detectors, verification on another machine, and features for other tools.
public sealed partial class AnomalyDetector
{
    /// <summary>
    /// Adds good images to a copy of the detector; this one remains unchanged. The memory banks are extended, and the
    /// thresholds are recomputed from the stored out-of-fold scores and those of the new images: docs/updating.md.
    /// Images that the detector already knows are skipped. Memory: the features of the new images and twice the bank.
    /// </summary>
    /// <param name="more">Additional images of good parts.</param>
    /// <param name="known">
    /// Images used for earlier training, recognized by their pixels: they are scored again by the extended bank. Null
    /// to keep their scores, which were computed against a smaller bank and make the threshold slightly conservative.
    /// </param>
    /// <param name="progress">Receives each step, on the calling thread.</param>
    /// <param name="cancellationToken">Stops the update.</param>
    /// <exception cref="SemiDefectException">An image cannot be read, there is no new image, or the detector has a bank
    /// per fold.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public AnomalyDetector Update(
        IImageSource more,
        IImageSource? known = null,
        IProgress<FitProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(more);
        RequireNoFoldBanks();
        more = ImageFolder.Under(more, Reading);
        DetectorDocumentRules.RequireNames(more);
        known = known is null ? null : ImageFolder.Under(known, Reading);
        DetectorBundle grown = new DetectorUpdater(_bundle, Pipeline, _options, progress, cancellationToken)
            .Add(more, known);
        return Restart(grown, _bundle.Golden.Select(input => (input.Record.Image, input)));
    }

    /// <summary>
    /// Merges two detectors that were fitted with the same options (network, preprocessing, patches, scoring, map and
    /// threshold rule). Both remain unchanged, and their order does not matter: docs/updating.md.
    /// </summary>
    /// <param name="first">A detector.</param>
    /// <param name="second">Another one; the result runs with its load options.</param>
    /// <param name="size">The size of the memory bank: a count, or a share of the patches of all images; null to keep
    /// all distinct rows.</param>
    /// <param name="progress">Receives the progress of the selection, on the calling thread.</param>
    /// <param name="cancellationToken">Stops the merge.</param>
    /// <exception cref="SemiDefectException">The detectors were fitted with different options, or one has a bank per
    /// fold; the message names the difference.</exception>
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
            first._bundle, first.Pipeline, second._bundle, second.Pipeline, size, progress, cancellationToken);
        if (first.HasTrials || second.HasTrials)
        {
            second._options.Logger.TrialsLeftOut();
        }

        if (first.Document.Names is not null || second.Document.Names is not null)
        {
            second._options.Logger.NamesLeftOut();
        }

        return second.Restart(merged, golden);
    }

    /// <summary>
    /// Writes the patch vectors that a fit would be trained on, for use by other tools: a .npy file of float32
    /// [patches, values], rows ordered by image, y, x. Memory: one batch of images.
    /// </summary>
    /// <param name="images">The images.</param>
    /// <param name="options">Network, taps, preprocessing and pooling; other options are ignored.</param>
    /// <param name="path">The file to write.</param>
    /// <param name="progress">Receives each image, on the calling thread.</param>
    /// <param name="cancellationToken">Stops between batches.</param>
    /// <returns>The number of patches and the number of values per patch.</returns>
    /// <exception cref="SemiDefectException">An image cannot be read, the options contradict each other, or the file
    /// cannot be written.</exception>
    public static (int Rows, int Columns) ExportFeatures(
        IImageSource images,
        FitOptions options,
        string path,
        IProgress<FitProgress>? progress = null,
        CancellationToken cancellationToken = default) =>
        FeatureExport.Write(images, options, path, progress, cancellationToken);

    /// <summary>
    /// Recomputes the thresholds of a detector file from the scores stored at the fit; nothing is fitted again.
    /// </summary>
    /// <param name="path">The detector file.</param>
    /// <param name="options">A rule for the false-alarm rate, which sets both thresholds, and for the check rate; or a
    /// fixed value, which sets the image threshold only.</param>
    /// <param name="pixelValue">A fixed pixel threshold, or null.</param>
    /// <param name="outputPath">The file to write; null to replace the input file, which must not be open on
    /// Windows.</param>
    /// <returns>The old thresholds and the new ones.</returns>
    /// <exception cref="SemiDefectException">A file cannot be read or written, or the rule cannot be used. The input
    /// file is then unchanged.</exception>
    public static (DetectorThresholds Before, DetectorThresholds After) ChangeThresholds(
        string path, ThresholdOptions options, double? pixelValue = null, string? outputPath = null) =>
        ChangeThresholds(path, _ => options, pixelValue, outputPath);

    /// <summary>
    /// As <see cref="ChangeThresholds(string, ThresholdOptions, double?, string?)"/>, with a rule that depends on the
    /// one in the file. If the two differ in the check rate only, only the check threshold changes.
    /// </summary>
    /// <param name="path">The detector file.</param>
    /// <param name="options">Makes the new rule of the present one.</param>
    /// <param name="pixelValue">A fixed pixel threshold, or null.</param>
    /// <param name="outputPath">The file to write; null to replace the input file, which must not be open on
    /// Windows.</param>
    /// <returns>The old thresholds and the new ones.</returns>
    /// <exception cref="SemiDefectException">A file cannot be read or written, or the rule cannot be used. The input
    /// file is then unchanged.</exception>
    public static (DetectorThresholds Before, DetectorThresholds After) ChangeThresholds(
        string path,
        Func<ThresholdOptions, ThresholdOptions> options,
        double? pixelValue = null,
        string? outputPath = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        DetectorThresholds? before = null;
        DetectorThresholds? after = null;
        DetectorFileEditor.Change(path, outputPath ?? path, document =>
        {
            before = document.Thresholds;
            after = before.Change(options(before.Options), pixelValue, FoldsOf(document.Fit));
            return document with { Thresholds = after };
        });
        return (before!, after!);
    }

    /// <summary>
    /// Replays the golden inputs on this machine and reports how far features and scores deviate from those recorded at
    /// the fit, and whether a decision could differ.
    /// </summary>
    /// <exception cref="SemiDefectException">The detector has no golden inputs.</exception>
    public DetectorVerification Verify()
    {
        if (_bundle.Golden.Count == 0)
        {
            throw new SemiDefectException(
                "This detector has no golden inputs to replay: it was fitted with --golden-images 0 or by an older "
                    + "version. Fit again to add them.");
        }

        return DetectorVerifier.Verify(Document, _bundle.Golden, Pipeline.Replay);
    }

    // The folds of a fit follow from its seed; after an update, the images come from several steps.
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

    private bool HasTrials => Document.Tuning is not null || Document.Planted is not null;

    private void RequireNoFoldBanks()
    {
        if (Document.HasFoldBanks)
        {
            throw new SemiDefectException(
                "This detector has a bank per fold (preset seed), and each would have to be fitted again: fit a new "
                    + "detector with all images, or use another preset.");
        }
    }
}
