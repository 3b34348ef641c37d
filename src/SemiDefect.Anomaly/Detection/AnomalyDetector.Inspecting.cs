using System.Runtime.CompilerServices;
using SemiDefect.Anomaly.Calibration;
using SemiDefect.Anomaly.Detection;
using SemiDefect.Anomaly.Encoders;
using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.Scoring;
using SemiDefect.Anomaly.Sources;

namespace SemiDefect.Anomaly;

// Inspection of files, streams, images and batches.
public sealed partial class AnomalyDetector
{
    /// <summary>Inspects an image file.</summary>
    /// <exception cref="SemiDefectException">The image cannot be read or does not fit the detector.</exception>
    /// <exception cref="OperationCanceledException">It was canceled.</exception>
    public Inspection Inspect(string path, CancellationToken cancellationToken = default)
    {
        Image image;
        using (System.Diagnostics.Activity? activity = EngineTelemetry.Start(InspectionStage.Decoding))
        {
            image = ImageFile.Read(path, Reading);
        }

        return Inspect(image, path, cancellationToken);
    }

    /// <summary>Inspects an encoded image (JPEG, PNG, BMP, WebP, TIFF or DICOM).</summary>
    /// <exception cref="SemiDefectException">The image cannot be read or does not fit the detector.</exception>
    /// <exception cref="OperationCanceledException">It was canceled.</exception>
    public Inspection Inspect(Stream stream, string name, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return Inspect(ImageFile.Read(stream, name, Reading), name, cancellationToken);
    }

    /// <summary>Inspects a decoded image.</summary>
    /// <exception cref="SemiDefectException">The image does not fit the detector.</exception>
    /// <exception cref="OperationCanceledException">It was canceled.</exception>
    public Inspection Inspect(Image image, string name = "", CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(image);
        return Judge(0, Pipeline.Score(image, cancellationToken), name);
    }

    /// <summary>
    /// Prepares the input of the detector's networks, for callers that decode images themselves and batch them.
    /// </summary>
    /// <exception cref="SemiDefectException">The image does not fit the detector.</exception>
    public PreparedImage Prepare(Image image)
    {
        ArgumentNullException.ThrowIfNull(image);
        return Pipeline.Prepare(image);
    }

    /// <summary>
    /// Inspects a batch of images from <see cref="Prepare"/>: for callers that decode images themselves, such as a
    /// server that batches concurrent requests.
    /// </summary>
    /// <param name="images">The prepared images, of any sizes.</param>
    /// <param name="names">The names of the images, in the same order.</param>
    /// <param name="cancellationToken">Stops between searches.</param>
    /// <returns>
    /// One inspection per image, in the same order, each identical to the result for the single image.
    /// </returns>
    /// <exception cref="ArgumentException">The lists differ in length.</exception>
    /// <exception cref="SemiDefectException">An image does not fit the detector.</exception>
    public IReadOnlyList<Inspection> InspectBatch(
        IReadOnlyList<PreparedImage> images, IReadOnlyList<string> names, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(names);
        if (images.Count != names.Count)
        {
            throw new ArgumentException($"{images.Count} images need as many names, got {names.Count}.", nameof(names));
        }

        return [
            .. Pipeline.ScoreAll(images, cancellationToken)
                .Select(image => Judge(image.Index, image.Scored, names[image.Index]))
        ];
    }

    /// <summary>
    /// Inspects image files in order; the next files are decoded while the current ones are inspected.
    /// </summary>
    /// <param name="paths">The files.</param>
    /// <param name="onUnreadable">Called with the index of each file that cannot be read, and the reason, from any
    /// thread; the file is skipped. Null to throw instead.</param>
    /// <param name="cancellationToken">Stops between batches.</param>
    /// <exception cref="SemiDefectException">An image cannot be read, or does not fit the detector.</exception>
    public IEnumerable<Inspection> InspectAll(
        IReadOnlyList<string> paths,
        Action<int, SemiDefectException>? onUnreadable = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(paths);
        ImageReading reading = Reading;
        return Pipeline.ScoreAll(
            paths.Count,
            index => Read(i => ImageFile.Read(paths[i], reading), index, onUnreadable),
            filter: null,
            cancellationToken)
            .Select(image => Judge(image.Index, image.Scored, paths[image.Index]));
    }

    /// <summary>
    /// Inspects the images of a source in order; files are read as <see cref="Reading"/> says. See
    /// <see cref="InspectAll(IReadOnlyList{string}, Action{int, SemiDefectException}?, CancellationToken)"/>.
    /// </summary>
    /// <param name="images">The images.</param>
    /// <param name="onUnreadable">Called with the index of each image that cannot be read, and the reason, from any
    /// thread; the image is skipped. Null to throw instead.</param>
    /// <param name="cancellationToken">Stops between batches.</param>
    /// <exception cref="SemiDefectException">An image cannot be read, or does not fit the detector.</exception>
    public IEnumerable<Inspection> InspectAll(
        IImageSource images,
        Action<int, SemiDefectException>? onUnreadable = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(images);
        IImageSource source = ImageFolder.Under(images, Reading);
        return Pipeline.ScoreAll(
            source.Count,
            index => Read(i => source.Read(i, cancellationToken), index, onUnreadable),
            filter: null,
            cancellationToken)
            .Select(image => Judge(image.Index, image.Scored, source.Describe(image.Index).Name));
    }

    /// <summary>Inspects image files in order, like the synchronous method, on the thread pool.</summary>
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

    /// <summary>
    /// Inspects the images of a source in order, like the synchronous method, on the thread pool.
    /// </summary>
    public async IAsyncEnumerable<Inspection> InspectAsync(
        IImageSource images,
        Action<int, SemiDefectException>? onUnreadable = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using IEnumerator<Inspection> inspections = InspectAll(images, onUnreadable, cancellationToken).GetEnumerator();
        while (await Task.Run(inspections.MoveNext, cancellationToken).ConfigureAwait(false))
        {
            yield return inspections.Current;
        }
    }

    private Inspection Judge(int index, ScoredImage scored, string name)
    {
        var inspection = new Inspection
        {
            Name = name,
            Index = index,
            Score = scored.Score,
            Threshold = Thresholds.Image.Value,
            CheckThreshold = Thresholds.Check?.Value,
            PixelThreshold = Thresholds.Pixel.Value,
            InputMap = scored.Map,
            Geometry = scored.Canvas,
            Region = Pipeline.Lanes[0].Plan.Region,
            HighestPatch = Match(scored),
            PValue = _calibrationScores.Length == 0
                ? null
                : ConformalThreshold.PValue(_calibrationScores, scored.Score),
        };

        // At once, because the patches are not kept. No value of the map at the size of the image is above its peak.
        bool isFound = scored.Map.Peak > inspection.PixelThreshold
            || (_namer is { IsWhole: true } && inspection.Decision != Decision.Normal);
        if (_namer is not null && scored.Grids is not null && isFound)
        {
            (inspection.Named, inspection.Defects) = _namer.Name(inspection, scored);
        }

        EngineTelemetry.Inspected(inspection.Decision);
        return inspection;
    }

    private PatchMatch Match(ScoredImage scored)
    {
        Branch branch = Pipeline.Branches[scored.Decisive];
        PatchScores view = scored.Branches[scored.Decisive].HighestView;
        PatchLayout layout = view.Layout;
        if (view.Values.Length == 0)
        {
            throw new SemiDefectException("No patch of the image lies inside the region of interest.");
        }

        int vector = view.HighestVector;
        int row = view.NearestRows[vector];
        (double x, double y) = layout.View.PatchCenter(layout.PatchOf(vector), layout.Height, layout.Width);
        Banks.MemoryBank bank = _bundle.Banks[scored.Decisive];
        return new PatchMatch(
            x,
            y,
            view.Values[vector],
            Document.Fit.Images[bank.SourceImages[row]],
            bank.SourcePatches[row],
            layout.Width,
            layout.Height)
        {
            Lane = branch.Lane,
            Window = layout.View.Geometry == scored.Canvas ? null : layout.View.Geometry,
        };
    }

    private static Image? Read(Func<int, Image> read, int index, Action<int, SemiDefectException>? onUnreadable)
    {
        try
        {
            return read(index);
        }
        catch (SemiDefectException error) when (onUnreadable is not null)
        {
            onUnreadable(index, error);
            return null;
        }
    }
}
