using SemiDefect.Anomaly.Encoders;
using SemiDefect.Anomaly.Imaging;
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
    /// A detector that knows more good images as well; this one stays as it is. The memory bank goes on growing from where it is, thresholds are set
    /// anew from the held-out scores kept and those of the new images: docs/growing.md. Images that the detector knows already are passed
    /// over. Memory: the features of the new images and twice the bank.
    /// </summary>
    /// <param name="more">More images of good parts.</param>
    /// <param name="known">
    /// Where to find images that the detector learned from, recognized by their pixels: they are judged anew by the grown bank. Null to keep their
    /// scores, which were taken against a smaller bank and make for a threshold on the careful side.
    /// </param>
    /// <param name="progress">Told of each step, from the calling thread.</param>
    /// <param name="cancellationToken">Stops the update.</param>
    /// <exception cref="SemiDefectException">An image cannot be read, there is nothing new, or the detector keeps a bank per fold.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public AnomalyDetector Update(
        DatasetFolder more,
        DatasetFolder? known = null,
        IProgress<FitProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(more);
        RequireOneBank();
        DetectorBundle grown = new DetectorUpdater(_bundle, _models[0], _pipeline, _options, progress, cancellationToken).Add(more, known);
        return Restart(grown, _bundle.Golden.Select(input => (input.Record.Image, input)));
    }

    /// <summary>
    /// A detector that knows the good images of two that were fitted alike (the same network, preprocessing, patches, scoring, map and threshold
    /// rule); both stay as they are, and their order does not matter: docs/growing.md.
    /// </summary>
    /// <param name="first">A detector.</param>
    /// <param name="second">Another; its options of running serve the new one as well.</param>
    /// <param name="size">The size of the memory bank: a count, or a share of the patches of all images; null to keep all rows that differ.</param>
    /// <param name="progress">Told of the selection, from the calling thread.</param>
    /// <param name="cancellationToken">Stops the merge.</param>
    /// <exception cref="SemiDefectException">The two were not fitted alike, or one keeps a bank per fold; the message says what differs.</exception>
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
        first.RequireOneBank();
        second.RequireOneBank();
        (DetectorBundle merged, IReadOnlyList<(int Image, GoldenInput Input)> golden) = DetectorMerger.Merge(
            (first._bundle, first._models[0]), (second._bundle, second._models[0]), size, progress, cancellationToken);
        return second.Restart(merged, golden);
    }

    /// <summary>
    /// Replays the golden inputs of the detector on this machine, and says how far features and scores deviate from where it was made and whether a decision
    /// could differ.
    /// </summary>
    /// <exception cref="SemiDefectException">The detector holds no golden inputs.</exception>
    public DetectorVerification Verify()
    {
        if (_bundle.Golden.Count == 0)
        {
            throw new SemiDefectException("This detector holds no golden inputs to replay: it was fitted without (--golden-images 0), or before they were kept. Fit again to have them.");
        }

        return DetectorVerifier.Verify(Document, _bundle.Golden, Replay);
    }

    // A detector of its own, with its own session of the same network.
    private AnomalyDetector Restart(DetectorBundle bundle, IEnumerable<(int Image, GoldenInput Input)> golden)
    {
        try
        {
            (OnnxBackbone backbone, EmbeddingPipeline pipeline) = Start(bundle.Backbone!, bundle.Document, _options);
            return Complete(bundle, backbone, pipeline, _options, golden.Select(one => (one.Image, new Image(one.Input.Record.Width, one.Input.Record.Height, one.Input.Pixels))));
        }
        catch
        {
            bundle.Dispose();
            throw;
        }
    }

    private void RequireOneBank()
    {
        if (_models.Count > 1)
        {
            throw new SemiDefectException("This detector keeps a bank per fold (preset seed), and each would have to be fitted anew: fit again with all images, or use another preset.");
        }
    }
}
