using SemiDefect.Anomaly.Calibration;
using SemiDefect.Anomaly.Detection;
using SemiDefect.Anomaly.Encoders;
using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.Naming;
using SemiDefect.Anomaly.Serialization;
using SemiDefect.Anomaly.Sources;
using SemiDefect.Anomaly.Verification;

namespace SemiDefect.Anomaly;

/// <summary>
/// The main entry point. <see cref="Fit"/> trains on good images,
/// <see cref="Inspect(Image, string, CancellationToken)"/> flags and localizes anomalies, <see cref="Save"/> and
/// <see cref="Load"/> store and restore the detector. Thread-safe; do not dispose of it while an inspection is running.
/// </summary>
public sealed partial class AnomalyDetector : IDisposable
{
    private const int MostSuspiciousNamed = 10;

    private readonly LoadOptions _options;
    private readonly Lazy<DetectorFingerprint> _fingerprint;
    private readonly double[] _calibrationScores;
    private readonly RegionNamer? _namer;
    private DetectorBundle _bundle;

    private AnomalyDetector(DetectorBundle bundle, DetectorPipeline pipeline, LoadOptions options)
    {
        _bundle = bundle;
        Pipeline = pipeline;
        _options = options;
        _fingerprint = new Lazy<DetectorFingerprint>(() => DetectorFingerprint.Of(_bundle));
        _calibrationScores = [.. Thresholds.ImageScores.Order()];
        _namer = Document.Names is { } names ? RegionNamer.Of(names, Document, bundle.Banks, pipeline) : null;
    }

    /// <summary>What the detector is made of and how it was fitted.</summary>
    public DetectorDescription Description => new(Document);

    /// <summary>The thresholds, set at the fit or changed later.</summary>
    public DetectorThresholds Thresholds => Document.Thresholds;

    /// <summary>The limits on images to read.</summary>
    public ImageLimits ImageLimits => _options.ImageLimits;

    /// <summary>
    /// How image files are read for this detector: as the good images were, within the limits of the options. Whoever
    /// decodes images for <see cref="Prepare"/> must read them so.
    /// </summary>
    public ImageReading Reading => new()
    {
        Limits = _options.ImageLimits,
        BitDepth = Document.Reading?.BitDepth,
        Intensity = Document.Reading?.Range ?? IntensityRange.Full,
        Page = Document.Reading?.Page ?? 1,
    };

    /// <summary>The device on which the network of the first lane runs.</summary>
    public ExecutionDevice Device => OnnxPatchEncoder.DeviceOf(Pipeline.Lanes[0].Encoder);

    /// <summary>
    /// SHA-256 of everything that affects decisions, to compare installations. Computed on first use.
    /// </summary>
    public DetectorFingerprint Fingerprint => _fingerprint.Value;

    internal DetectorDocument Document => _bundle.Document;

    internal DetectorPipeline Pipeline { get; }

    /// <summary>
    /// Trains on good images: computes features once, selects a memory bank (coreset), and sets thresholds from
    /// out-of-fold scores of the good images. Memory: <see cref="FitOptions.MaxMemory"/>, besides the network and the
    /// images being processed; features that do not fit are kept in a temporary file.
    /// </summary>
    /// <param name="good">
    /// Images of good parts: two or more; one with <see cref="FitOptions.FewImages"/> or a fixed threshold.
    /// </param>
    /// <param name="options">The options; null for the defaults.</param>
    /// <param name="progress">Receives each step, on the calling thread.</param>
    /// <param name="cancellationToken">Stops the fit.</param>
    /// <exception cref="SemiDefectException">An image cannot be read, or the options contradict each other; the message
    /// says what to do.</exception>
    /// <exception cref="OperationCanceledException">It was canceled.</exception>
    public static AnomalyDetector Fit(
        IImageSource good,
        FitOptions? options = null,
        IProgress<FitProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(good);
        options ??= new FitOptions();
        options.Validate();
        options = options with { Encoder = EncoderShare.Of(options.Encoder) };
        DetectorDocumentRules.RequireNames(good);
        (good, options) = GoodImages.SurveyAloud(good, options, cancellationToken);
        good = new KeptImages(good);
        (good, DetectorBundle bundle, DetectorPipeline pipeline) =
            CleaningFit.Fit(good, options, progress, cancellationToken);
        if (bundle.Document.Thresholds.FindSuspicious() is { Count: > 0 } suspicious)
        {
            options.Logger.SuspiciousImages(
                suspicious.Count,
                good.Count,
                string.Join(", ", suspicious.Take(MostSuspiciousNamed).Select(image => good.Describe(image).Name)));
        }

        int[] golden = GoldenSet.Choose(good.Count, bundle.Document.OutOfFoldScores, options.GoldenImages);
        return Complete(
            bundle,
            pipeline,
            options.ToLoad(),
            golden.Select(image => Canvases(image, good.Read(image, cancellationToken), pipeline)));
    }

    /// <summary>
    /// Opens a detector file. Memory banks are memory-mapped: do not change the file while the detector is in use.
    /// </summary>
    /// <exception cref="SemiDefectException">The file cannot be used; the message says why and what to do.</exception>
    public static AnomalyDetector Load(string path, LoadOptions? options = null)
    {
        options ??= new LoadOptions();
        options = options with { Encoder = EncoderShare.Of(options.Encoder) };
        DetectorBundle bundle = DetectorFileReader.Read(path);
        try
        {
            bundle = bundle with
            {
                Networks =
                [
                    .. bundle.Document.Lanes.Select(
                        (lane, i) => bundle.Networks[i] ?? Given(lane.Backbone, options, path))
                ],
            };
            return new AnomalyDetector(bundle, Start(bundle, options), options);
        }
        catch
        {
            bundle.Dispose();
            throw;
        }
    }

    /// <summary>Reads and verifies a detector file without loading the network.</summary>
    /// <exception cref="SemiDefectException">The file cannot be used; the message says why and what to do.</exception>
    public static DetectorDescription ReadDescription(string path) => new(ReadDocument(path));

    /// <summary>
    /// Reads and verifies a detector file without loading the network, and computes its fingerprint.
    /// </summary>
    /// <exception cref="SemiDefectException">The file cannot be used; the message says why and what to do.</exception>
    public static (DetectorDescription Description, DetectorFingerprint Fingerprint) ReadSummary(string path)
    {
        using DetectorBundle bundle = DetectorFileReader.Read(path);
        return (new DetectorDescription(bundle.Document), DetectorFingerprint.Of(bundle));
    }

    internal static DetectorDocument ReadDocument(string path)
    {
        using DetectorBundle bundle = DetectorFileReader.Read(path);
        return bundle.Document;
    }

    /// <summary>Writes the detector to a file, atomically. The bytes depend on the detector only.</summary>
    /// <exception cref="SemiDefectException">The file cannot be written.</exception>
    public void Save(string path) => DetectorFileWriter.Write(path, _bundle);

    /// <summary>Frees the networks, the search indexes and the banks.</summary>
    public void Dispose()
    {
        Pipeline.Dispose();
        _bundle.Dispose();
    }

    private static (int Image, int Width, int Height, IReadOnlyList<Image> Canvases) Canvases(
        int index,
        Image image,
        DetectorPipeline pipeline) =>
        (
            index,
            image.Width,
            image.Height,
            [.. pipeline.Lanes.Select(lane => lane.Plan.Canvas(image.Width, image.Height).Cut(image))]);

    private static DetectorPipeline Start(DetectorBundle bundle, LoadOptions options)
    {
        DetectorDocument document = bundle.Document;
        IReadOnlyList<Lane> lanes = LaneFactory.Open(document, bundle.Networks, options);
        var branches = new List<Branch>();
        try
        {
            for (int i = 0; i < document.Branches.Count; i++)
            {
                BranchRecord record = document.Branches[i];
                var model = new Banks.MemoryBankModel(
                    bundle.Banks[i],
                    record.Scoring,
                    default,
                    options.Threads,
                    options.Accelerator,
                    lanes[record.Lane].Whitening);
                branches.Add(new Branch(record.Lane, model, record.Scoring, record.Map));
            }

            return new DetectorPipeline(lanes, branches, document.Fusion, options.BatchSize)
            {
                KeepsGrids = document.Names is not null,
            };
        }
        catch
        {
            // If a search runs out of memory, nobody else would dispose of the networks.
            branches.ForEach(branch => branch.Model.Dispose());
            LaneFactory.DisposeOf(lanes);
            throw;
        }
    }

    private static BackboneFile? Given(BackboneRecord record, LoadOptions options, string path)
    {
        if (record.IsCustom)
        {
            return options.Encoder?.Info.Identity == record.Sha256
                ? null
                : throw new DetectorFileException(
                    $"The detector file '{path}' was fitted with the encoder '{record.Name}' ({record.Sha256}), which "
                        + "must be given to open it.");
        }

        if (options.Backbones.Count == 0)
        {
            throw new DetectorFileException(
                $"The detector file '{path}' does not hold its network '{record.Name}': give the network as well "
                    + "(--backbone).");
        }

        return options.Backbones.FirstOrDefault(file => file.Sha256 == record.Sha256)
            ?? throw new DetectorFileException(
                $"The network given is not the one that '{path}' was fitted with (SHA-256 {record.Sha256}).");
    }

    // Golden images record the output of the detector, so they can only be added when it runs.
    private static AnomalyDetector Complete(
        DetectorBundle bundle,
        DetectorPipeline pipeline,
        LoadOptions options,
        IEnumerable<(int Image, int Width, int Height, IReadOnlyList<Image> Canvases)> golden)
    {
        var detector = new AnomalyDetector(bundle, pipeline, options);
        try
        {
            IReadOnlyList<GoldenInput> inputs = GoldenSet.Record(golden, pipeline.Replay);
            detector._bundle = bundle with
            {
                Document = bundle.Document with { Golden = [.. inputs.Select(input => input.Record)] },
                Golden = inputs,
            };
            return detector;
        }
        catch
        {
            detector.Dispose();
            throw;
        }
    }
}
