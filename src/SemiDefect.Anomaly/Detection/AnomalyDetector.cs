using System.Runtime.CompilerServices;
using SemiDefect.Anomaly.Banks;
using SemiDefect.Anomaly.Calibration;
using SemiDefect.Anomaly.Detection;
using SemiDefect.Anomaly.Encoders;
using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.Scoring;
using SemiDefect.Anomaly.Serialization;
using SemiDefect.Anomaly.Sources;
using SemiDefect.Anomaly.Verification;
using SemiDefect.Anomaly.Views;

namespace SemiDefect.Anomaly;

/// <summary>
/// The front door. <see cref="Fit"/> learns what good parts look like, <see cref="Inspect(Image, string)"/> tells good from bad and shows
/// where, <see cref="Save"/> and <see cref="Load"/> keep what was learned. Thread-safe once made; dispose it when nothing
/// is being inspected any more.
/// </summary>
public sealed partial class AnomalyDetector : IDisposable
{
    private readonly LoadOptions _options;
    private readonly Lazy<DetectorFingerprint> _fingerprint;
    private readonly OnnxBackbone _backbone;
    private readonly EmbeddingPipeline _pipeline;
    private readonly IReadOnlyList<BankModel> _models;
    private readonly AnomalyMapBuilder _maps;
    private readonly double[] _calibrationScores;
    private DetectorBundle _bundle;

    private AnomalyDetector(DetectorBundle bundle, OnnxBackbone backbone, EmbeddingPipeline pipeline, LoadOptions options, BankModel? model)
    {
        _bundle = bundle;
        _backbone = backbone;
        _pipeline = pipeline;
        _options = options;
        _fingerprint = new Lazy<DetectorFingerprint>(() => DetectorFingerprint.Of(_bundle));
        _models = model is not null ? [model] : [.. bundle.Banks.Select(bank => new BankModel(bank, bundle.Document.Scoring, default, options.Threads, options.Accelerator))];
        _maps = new AnomalyMapBuilder(bundle.Document.Map);

        // With a bank per fold a new image takes the highest of several scores, which the held-out ones did not.
        _calibrationScores = bundle.Banks.Count == 1 ? [.. Thresholds.ImageScores.Order()] : [];
    }

    /// <summary>How the detector is made and was fitted.</summary>
    public DetectorDocument Document => _bundle.Document;

    /// <summary>The thresholds that the detector was fitted with.</summary>
    public DetectorThresholds Thresholds => Document.Thresholds;

    /// <summary>The limits on the images that it reads.</summary>
    public ImageLimits ImageLimits => _options.ImageLimits;

    /// <summary>Where the backbone runs.</summary>
    public ExecutionDevice Device => _backbone.Device;

    /// <summary>SHA-256 of everything that decides, for two places to compare. Computed when first asked for.</summary>
    public DetectorFingerprint Fingerprint => _fingerprint.Value;

    /// <summary>
    /// Learns from good images: features once, a memory bank by coreset, thresholds from the good images judged out of fold.
    /// Memory: <see cref="FitOptions.MaxMemory"/>, beside the network and the images in flight; features that do not fit are kept in a temporary file.
    /// </summary>
    /// <param name="good">Images of good parts, two or more unless the threshold is fixed.</param>
    /// <param name="options">All choices; null for the defaults.</param>
    /// <param name="progress">Told of each step, from the calling thread.</param>
    /// <param name="cancellationToken">Stops the fit.</param>
    /// <exception cref="SemiDefectException">An image cannot be read, or the options cannot work; the message says what to do.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static AnomalyDetector Fit(
        DatasetFolder good,
        FitOptions? options = null,
        IProgress<FitProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(good);
        options ??= new FitOptions();
        options.Validate();
        BackboneFile file = BackboneChoice.Open(options);
        OnnxBackbone backbone = BackboneChoice.Load(file, options);
        try
        {
            PreprocessingOptions preprocessing = options.Preprocessing(file.Input);
            var pipeline = new EmbeddingPipeline(backbone, preprocessing, options.Patches, options.BatchSize);
            int count = good.Items.Count;
            string[] hashes = new string[count];
            Image Read(int index)
            {
                Image image = ImageFile.Read(good.Items[index].FullPath, options.ImageLimits);
                hashes[index] = image.Sha256();
                return image;
            }

            IEnumerable<EmbeddedImage> embedded = pipeline.EmbedAll(count, Read, cancellationToken);
            MemoryPlan plan = MemoryPlan.Of(options);
            using TrainingFeatures features = TrainingFeatures.Collect(
                embedded,
                count,
                (columns, expectedRows) => plan.RowsAtOnce(columns, expectedRows, options.Coreset),
                done => progress?.Report(new FitProgress(FitStage.Features, done, count)));
            plan.RequireRoom(features, options.Coreset);
            using var fitter = new DetectorFitter(features, options, progress, cancellationToken);
            FittedBanks fitted = fitter.Fit();
            DetectorDocument document = DetectorDescription.Of(file, backbone, preprocessing, good, hashes, features.Rows, options, fitter.Calibration, fitted);
            int[] golden = GoldenSet.Choose(count, fitted.Thresholds.ImageScores, options.GoldenImages);
            return Complete(
                new DetectorBundle(document, file, fitted.Banks),
                backbone,
                pipeline,
                new LoadOptions
                {
                    Device = options.Device,
                    Accelerator = options.Accelerator,
                    Threads = options.Threads,
                    BatchSize = options.BatchSize,
                    ImageLimits = options.ImageLimits,
                    Notice = options.Notice,
                    MaxMemory = options.MaxMemory,
                },
                golden.Select(image => (image, pipeline.InputOf(Read(image)))),
                fitted.Model);
        }
        catch
        {
            backbone.Dispose();
            throw;
        }
    }

    /// <summary>Opens a detector file. The bank is memory-mapped: the file must stay as it is while the detector is in use.</summary>
    /// <exception cref="SemiDefectException">The file cannot be used; the message says why and what to do.</exception>
    public static AnomalyDetector Load(string path, LoadOptions? options = null)
    {
        options ??= new LoadOptions();
        DetectorBundle bundle = DetectorFileReader.Read(path);
        try
        {
            BackboneRecord record = bundle.Document.Backbone;
            BackboneFile file = bundle.Backbone ?? options.Backbone
                ?? throw new DetectorFileException($"The detector file '{path}' does not hold its network '{record.Name}': give the network as well (--backbone).");
            if (file.Sha256 != record.Sha256)
            {
                throw new DetectorFileException($"The network given is not the one that '{path}' was fitted with (SHA-256 {record.Sha256}).");
            }

            (OnnxBackbone backbone, EmbeddingPipeline pipeline) = Start(file, bundle.Document, options);
            return Create(bundle with { Backbone = file }, backbone, pipeline, options);
        }
        catch
        {
            bundle.Dispose();
            throw;
        }
    }

    /// <summary>Reads and checks a detector file without making it ready to inspect.</summary>
    /// <exception cref="SemiDefectException">The file cannot be used; the message says why and what to do.</exception>
    public static DetectorDocument ReadDocument(string path)
    {
        using DetectorBundle bundle = DetectorFileReader.Read(path);
        return bundle.Document;
    }

    /// <summary>Reads and checks a detector file without making it ready to inspect, and tells its fingerprint as well.</summary>
    /// <exception cref="SemiDefectException">The file cannot be used; the message says why and what to do.</exception>
    public static (DetectorDocument Document, DetectorFingerprint Fingerprint) ReadSummary(string path)
    {
        using DetectorBundle bundle = DetectorFileReader.Read(path);
        return (bundle.Document, DetectorFingerprint.Of(bundle));
    }

    /// <summary>Writes the detector to one file, atomically. The bytes depend on the detector alone.</summary>
    /// <exception cref="SemiDefectException">The file cannot be written.</exception>
    public void Save(string path) => DetectorFileWriter.Write(path, _bundle);

    /// <summary>Sets the thresholds of a detector file anew from what was learned at the fit; nothing is fitted again.</summary>
    /// <param name="path">The detector file.</param>
    /// <param name="options">The rule; see <see cref="DetectorThresholds.Change"/>.</param>
    /// <param name="pixelValue">A fixed pixel threshold, or null.</param>
    /// <param name="outputPath">Where to write; null to replace the file, which must not be in use then on Windows.</param>
    /// <returns>The old thresholds and the new ones.</returns>
    /// <exception cref="SemiDefectException">A file cannot be read or written, or the rule cannot be used; the old file is then as it was.</exception>
    public static (DetectorThresholds Before, DetectorThresholds After) ChangeThresholds(
        string path, ThresholdOptions options, double? pixelValue = null, string? outputPath = null)
    {
        DetectorThresholds? before = null;
        DetectorThresholds? after = null;
        DetectorFileEditor.Change(path, outputPath ?? path, document =>
        {
            before = document.Thresholds;
            after = before.Change(options, pixelValue, isFoldEnsemble: document.Banks.Count > 1);
            return document with { Thresholds = after };
        });
        return (before!, after!);
    }

    /// <summary>Inspects an image file.</summary>
    /// <exception cref="SemiDefectException">The image cannot be read or does not fit the detector.</exception>
    public Inspection Inspect(string path) => Inspect(ImageFile.Read(path, _options.ImageLimits), path);

    /// <summary>Inspects an image file and says where the time goes.</summary>
    public Inspection Inspect(string path, StageClock clock)
    {
        Image image = ImageFile.Read(path, _options.ImageLimits);
        clock.Lap(InspectionStage.Decoding);
        return Judge(_pipeline.Embed(image, clock), path, CancellationToken.None, clock);
    }

    /// <summary>Inspects an encoded image (JPEG, PNG, BMP, WebP or TIFF).</summary>
    /// <exception cref="SemiDefectException">The image cannot be read or does not fit the detector.</exception>
    public Inspection Inspect(Stream stream, string name)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return Inspect(ImageFile.Read(stream, name, _options.ImageLimits), name);
    }

    /// <summary>Inspects a decoded image.</summary>
    /// <exception cref="SemiDefectException">The image does not fit the detector.</exception>
    public Inspection Inspect(Image image, string name = "")
    {
        ArgumentNullException.ThrowIfNull(image);
        return Judge(_pipeline.Embed(image), name, CancellationToken.None);
    }

    /// <summary>
    /// Inspects pictures that <see cref="Preprocessor.Prepare"/> made by <see cref="DetectorDocument.Preprocessing"/>, together: for a
    /// caller that decodes by itself, such as a server that gathers concurrent requests.
    /// </summary>
    /// <param name="images">The prepared pictures, of any sizes.</param>
    /// <param name="names">What they are called, in the same order.</param>
    /// <param name="cancellationToken">Stops between searches.</param>
    /// <returns>One inspection per picture, in the same order; each is what the picture alone would get.</returns>
    /// <exception cref="ArgumentException">The lists differ in length.</exception>
    /// <exception cref="SemiDefectException">A picture does not fit the detector.</exception>
    public IReadOnlyList<Inspection> InspectBatch(
        IReadOnlyList<PreparedImage> images, IReadOnlyList<string> names, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(names);
        if (images.Count != names.Count)
        {
            throw new ArgumentException($"{images.Count} pictures need as many names, got {names.Count}.", nameof(names));
        }

        return [.. _pipeline.Embed(images).Select(image => Judge(image, names[image.Index], cancellationToken))];
    }

    /// <summary>Inspects many image files in their order; the next ones are decoded while the present ones are inspected.</summary>
    /// <param name="paths">The files.</param>
    /// <param name="onUnreadable">Told the position of each file that cannot be read, which is then passed over, and why; from any thread. Null to throw instead.</param>
    /// <param name="cancellationToken">Stops between batches.</param>
    /// <exception cref="SemiDefectException">An image cannot be read, or does not fit the detector.</exception>
    public IEnumerable<Inspection> InspectAll(
        IReadOnlyList<string> paths,
        Action<int, SemiDefectException>? onUnreadable = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(paths);
        return _pipeline.EmbedAll(paths.Count, index => Read(paths, index, onUnreadable), cancellationToken)
            .Select(image => Judge(image, paths[image.Index], cancellationToken));
    }

    /// <summary><see cref="InspectAll"/> off the calling thread.</summary>
    public async IAsyncEnumerable<Inspection> InspectAsync(
        IReadOnlyList<string> paths,
        Action<int, SemiDefectException>? onUnreadable = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using IEnumerator<Inspection> inspections = InspectAll(paths, onUnreadable, cancellationToken).GetEnumerator();
        while (await Task.Run(inspections.MoveNext, cancellationToken).ConfigureAwait(false))
        {
            yield return inspections.Current;
        }
    }

    /// <summary>Gives the network, the search and the bank back.</summary>
    public void Dispose()
    {
        foreach (BankModel model in _models)
        {
            model.Dispose();
        }

        _bundle.Dispose();
        _backbone.Dispose();
    }

    private Inspection Judge(EmbeddedImage image, string name, CancellationToken cancellationToken, StageClock? clock = null)
    {
        if (image.Dimension != Document.Banks[0].Columns)
        {
            throw new SemiDefectException($"The network gives {image.Dimension} values per patch, but the memory bank holds {Document.Banks[0].Columns}: fit again.");
        }

        (PatchScores[] scores, int best, AnomalyMap map, _) = Score(image, cancellationToken, clock);
        var inspection = new Inspection
        {
            Name = name,
            Index = image.Index,
            Score = scores[best].ImageScore,
            Threshold = Thresholds.Image.Value,
            PixelThreshold = Thresholds.Pixel.Value,
            InputMap = map,
            Geometry = image.Geometry,
            HighestPatch = Match(image, scores[best], _models[best].Bank),
            PValue = _calibrationScores.Length == 0 ? null : ConformalThreshold.PValue(_calibrationScores, scores[best].ImageScore),
        };
        clock?.Lap(InspectionStage.Map);
        return inspection;
    }

    // With a bank per fold, every patch takes its highest score over the banks, and so does the image.
    private (PatchScores[] Scores, int Best, AnomalyMap Map, double[] PatchScores) Score(EmbeddedImage image, CancellationToken cancellationToken, StageClock? clock = null)
    {
        PatchScores[] scores = [.. _models.Select(model => model.Score(image.Rows.Span, -1, cancellationToken))];
        clock?.Lap(InspectionStage.Search);
        double[] patchScores = [.. Enumerable.Range(0, image.Patches).Select(patch => scores.Max(score => score.Values[patch]))];
        AnomalyMap map = _maps.Build(patchScores, image.GridHeight, image.GridWidth, image.Geometry.InputHeight, image.Geometry.InputWidth);
        return (scores, Enumerable.Range(0, scores.Length).MaxBy(i => scores[i].ImageScore), map, patchScores);
    }

    internal Replay Replay(Image input)
    {
        EmbeddedImage embedded = _pipeline.EmbedInput(input);
        (PatchScores[] scores, int best, AnomalyMap map, double[] patchScores) = Score(embedded, CancellationToken.None);
        return new Replay(embedded, patchScores, scores[best].ImageScore, map.Peak);
    }

    private static (OnnxBackbone Backbone, EmbeddingPipeline Pipeline) Start(BackboneFile file, DetectorDocument document, LoadOptions options)
    {
        var onnxOptions = new OnnxBackboneOptions { Taps = document.Backbone.Taps, Device = options.Device, Threads = options.Threads, Notice = options.Notice };
        OnnxBackbone backbone = OnnxBackbone.Load(file, onnxOptions);
        return (backbone, new EmbeddingPipeline(backbone, document.Preprocessing, document.Patches, options.BatchSize));
    }

    // The search over the banks may find no memory; then nobody else would give the network back.
    private static AnomalyDetector Create(DetectorBundle bundle, OnnxBackbone backbone, EmbeddingPipeline pipeline, LoadOptions options, BankModel? model = null)
    {
        try
        {
            return new AnomalyDetector(bundle, backbone, pipeline, options, model);
        }
        catch
        {
            backbone.Dispose();
            throw;
        }
    }

    // Golden inputs record what the detector makes of them, so they can be added only once it runs.
    private static AnomalyDetector Complete(
        DetectorBundle bundle,
        OnnxBackbone backbone,
        EmbeddingPipeline pipeline,
        LoadOptions options,
        IEnumerable<(int Image, Image Input)> golden,
        BankModel? model = null)
    {
        AnomalyDetector detector = Create(bundle, backbone, pipeline, options, model);
        try
        {
            IReadOnlyList<GoldenInput> inputs = GoldenSet.Record(golden, detector.Replay);
            detector._bundle = bundle with { Document = bundle.Document with { Golden = [.. inputs.Select(input => input.Record)] }, Golden = inputs };
            return detector;
        }
        catch
        {
            detector.Dispose();
            throw;
        }
    }

    private PatchMatch Match(EmbeddedImage image, PatchScores scores, MemoryBank bank)
    {
        int patch = scores.HighestPatch;
        int row = scores.NearestRows[patch];
        (double x, double y) = image.Geometry.ToOriginal(
            (patch % image.GridWidth + 0.5) * image.Geometry.InputWidth / image.GridWidth - 0.5,
            (patch / image.GridWidth + 0.5) * image.Geometry.InputHeight / image.GridHeight - 0.5);
        return new PatchMatch(x, y, scores.Values[patch], Document.Fit.Images[bank.SourceImages[row]], bank.SourcePatches[row], image.GridWidth, image.GridHeight);
    }

    private Image? Read(IReadOnlyList<string> paths, int index, Action<int, SemiDefectException>? onUnreadable)
    {
        try
        {
            return ImageFile.Read(paths[index], _options.ImageLimits);
        }
        catch (SemiDefectException error) when (onUnreadable is not null)
        {
            onUnreadable(index, error);
            return null;
        }
    }
}
