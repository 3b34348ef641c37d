using System.Diagnostics;
using SemiDefect.Anomaly.Calibration;
using SemiDefect.Anomaly.Evaluation.Layouts;
using SemiDefect.Anomaly.Evaluation.Metrics;
using SemiDefect.Anomaly.Naming;
using SemiDefect.Anomaly.Scoring;
using SemiDefect.Anomaly.Views;

namespace SemiDefect.Anomaly.Evaluation;

/// <summary>
/// Evaluates a detector on labeled images. Labels are compared with finished decisions and affect no score or
/// threshold. Images are inspected in batches and their maps released after counting, so memory does not grow with the
/// data set (see <see cref="PixelMetricsAccumulator"/>). Stateless.
/// </summary>
public static class DatasetEvaluator
{
    /// <summary>Inspects every test image and computes all metrics.</summary>
    /// <param name="detector">The detector.</param>
    /// <param name="dataset">The labeled images.</param>
    /// <param name="options">The options; null for the defaults.</param>
    /// <param name="progress">Receives the number of processed images, on the calling thread.</param>
    /// <param name="onInspected">
    /// Receives each inspection, on the calling thread; its map is released afterward.
    /// </param>
    /// <param name="cancellationToken">Cancels between images.</param>
    /// <exception cref="SemiDefectException">No image can be read, or the images do not fit the detector.</exception>
    /// <exception cref="OperationCanceledException">The operation was canceled.</exception>
    public static EvaluationResult Evaluate(
        AnomalyDetector detector,
        LabeledDataset dataset,
        EvaluationOptions? options = null,
        IProgress<int>? progress = null,
        Action<LabeledImage, Inspection>? onInspected = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(detector);
        ArgumentNullException.ThrowIfNull(dataset);
        options ??= new EvaluationOptions();
        var watch = Stopwatch.StartNew();
        var unreadable = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var notes = new List<string>();
        var inverted = new List<string>();
        if (dataset.Note is not null)
        {
            notes.Add(dataset.Note);
        }

        using var pixels = new PixelMetricsAccumulator();
        NamingAccumulator? naming =
            detector.Description.Names is { } taught && dataset.Test.Any(image => image.IsAbnormal)
                ? new NamingAccumulator(taught.Types.Select(type => type.Name))
                : null;
        var results = new List<ImageResult>(dataset.Test.Count);
        bool hasMasks = false;
        IEnumerable<Inspection> inspections = detector.InspectAll(
            [.. dataset.Test.Select(image => image.FullPath)],
            (index, error) =>
            {
                lock (unreadable)
                {
                    unreadable[dataset.Test[index].Path] = error.Message;
                }
            },
            cancellationToken);
        foreach (Inspection inspection in inspections)
        {
            LabeledImage image = dataset.Test[inspection.Index];
            IReadOnlyList<RegionOutcome>? defects =
                AddPixels(pixels, detector, inspection, image, options.Masks, notes, inverted);
            hasMasks |= defects is { Count: > 0 };
            naming?.Add(LabelsOf(image, inspection, detector), inspection.Defects);
            results.Add(new ImageResult
            {
                Image = image,
                Score = inspection.Score,
                Threshold = inspection.Threshold,
                CheckThreshold = inspection.CheckThreshold,
                PValue = inspection.PValue,
                Regions = inspection.Regions.Count,
                Names = [.. inspection.Regions.Select(region => region.Type?.Name).OfType<string>()],
                Defects = image.IsAbnormal ? defects : null,
                HighestPatch = inspection.HighestPatch,
            });
            onInspected?.Invoke(image, inspection);
            progress?.Report(results.Count);
        }

        double seconds = watch.Elapsed.TotalSeconds;
        if (results.Count == 0)
        {
            throw new SemiDefectException(
                $"None of the {dataset.Test.Count} images of '{dataset.FullPath}' could be read. First error: "
                    + $"{unreadable.Values.FirstOrDefault()}");
        }

        AddNotes(notes, results, detector);
        if (inverted.Count > 0)
        {
            notes.Add(
                $"{inverted.Count} {(inverted.Count == 1 ? "mask marks" : "masks mark")} most of the image and its "
                    + $"frame ('{inverted[0]}' first): are they inverted? Values above 0 mark defects.");
        }

        NamingReport? named = naming?.Complete();
        if (named?.Warning is { } warning)
        {
            notes.Add(warning);
        }

        return Summarize(
            dataset.Name,
            results,
            [.. unreadable.Select(pair => (pair.Key, pair.Value))],
            detector.Thresholds,
            hasMasks ? pixels.Complete(Math.Max(1, options.Resamples / 10), options.Seed) : null,
            options,
            notes,
            seconds) with
        { Naming = named };
    }

    // A mask that cannot be read is noted where pixels are counted; here, the image as a whole is labeled.
    private static IReadOnlyList<(string Type, DefectBox? Box)> LabelsOf(
        LabeledImage image, Inspection inspection, AnomalyDetector detector)
    {
        if (!image.IsAbnormal)
        {
            return [];
        }

        (int width, int height) = (inspection.Geometry.OriginalWidth, inspection.Geometry.OriginalHeight);
        try
        {
            return
            [
                .. LabeledDefects.LabelsOf(image, width, height, detector.ImageLimits)
                    .Select(label => (label.Type, label.BoxOf(width, height))),
            ];
        }
        catch (SemiDefectException)
        {
            return [(image.Type, null)];
        }
    }

    private static IReadOnlyList<RegionOutcome>? AddPixels(
        PixelMetricsAccumulator pixels,
        AnomalyDetector detector,
        Inspection inspection,
        LabeledImage image,
        MaskResize resize,
        List<string> notes,
        List<string> inverted)
    {
        InputGeometry geometry = inspection.Geometry;
        AnomalyMap map = resize == MaskResize.Nearest ? inspection.Map : inspection.InputMap;
        byte[] mask = [];
        if (image.IsAbnormal)
        {
            if (image.Mask is not { } marks)
            {
                return null;
            }

            try
            {
                (byte[] values, int width, int height) = MaskFile.Read(
                    marks, geometry.OriginalWidth, geometry.OriginalHeight, detector.ImageLimits);
                if (marks.Paths.Count > 0 && MaskFile.LooksInverted(values, width, height))
                {
                    inverted.Add(image.Path);
                }

                if (width != geometry.OriginalWidth || height != geometry.OriginalHeight)
                {
                    notes.Add(
                        $"The mask of '{image.Path}' is {width} x {height}, its image {geometry.OriginalWidth} x "
                            + $"{geometry.OriginalHeight}; the mask was resized.");
                    values = MaskFile.ToNearest(values, width, height, geometry.OriginalWidth, geometry.OriginalHeight);
                }

                mask = resize == MaskResize.Nearest
                    ? values
                    : MaskFile.ToEroded(values, geometry.OriginalWidth, geometry.OriginalHeight, geometry);
            }
            catch (SemiDefectException error)
            {
                notes.Add(
                    $"{error.Message} '{image.Path}' is included in the image metrics, but not in the pixel metrics.");
                return null;
            }
        }

        double originalPixels = resize == MaskResize.Nearest ? 1 : geometry.ScaleX * geometry.ScaleY;
        return pixels.Add(map.Values, mask, map.Width, map.Height, image.Type, originalPixels);
    }

    private static void AddNotes(List<string> notes, List<ImageResult> results, AnomalyDetector detector)
    {
        if (detector.Thresholds.Image.Note is { } note)
        {
            notes.Add(note);
        }

        if (detector.Thresholds.Check?.Note is { } checkNote)
        {
            notes.Add(checkNote);
        }

        if (!results.Any(result => result.Image.IsAbnormal))
        {
            notes.Add("There are no abnormal images: recall, precision and the areas under the curves are undefined.");
        }

        if (results.All(result => result.Image.IsAbnormal))
        {
            notes.Add("There are no good test images: specificity and the areas under the ROC curves are undefined.");
        }

        int withoutMask = results.Count(result => result.Image.IsAbnormal && result.Defects is null);
        if (withoutMask > 0)
        {
            notes.Add(
                $"{withoutMask} abnormal {(withoutMask == 1 ? "image has" : "images have")} no mask and are excluded "
                    + "from the pixel metrics.");
        }

        int empty = results.Count(result => result.Defects is { Count: 0 });
        if (empty > 0)
        {
            notes.Add($"{empty} abnormal {(empty == 1 ? "image has" : "images have")} an empty mask.");
        }
    }

    internal static EvaluationResult Summarize(
        string name,
        IReadOnlyList<ImageResult> results,
        IReadOnlyList<(string Path, string Reason)> unreadable,
        DetectorThresholds thresholds,
        PixelReport? pixel,
        EvaluationOptions options,
        IReadOnlyList<string> notes,
        double seconds)
    {
        double[] scores = [.. results.Select(result => result.Score)];
        bool[] labels = [.. results.Select(result => result.Image.IsAbnormal)];
        TypeResult[] perType =
        [
            .. results.Where(result => result.Image.IsAbnormal)
                .GroupBy(result => result.Image.Type)
                .OrderBy(group => group.Key, StringComparer.Ordinal)
                .Select(group => new TypeResult(
                    group.Key,
                    group.Count(),
                    group.Count(result => result.IsCalledAbnormal),
                    RankingAgainstGood(results, group),
                    pixel?.PerGroup.GetValueOrDefault(group.Key))),
        ];
        return new EvaluationResult
        {
            Name = name,
            Images = results,
            Unreadable = unreadable,
            Threshold = thresholds.Image,
            Check = thresholds.Check,
            PixelThreshold = thresholds.Pixel,
            Ranking = ImageMetrics.Compute(scores, labels),
            AtThreshold = Confusion.At(thresholds.Image.Value, scores, labels),
            Intervals =
                BootstrapIntervals.Compute(scores, labels, thresholds.Image.Value, options.Resamples, options.Seed),
            Pixel = pixel,
            PerType = perType,
            PerSize = pixel is null
                ? []
                : [
                    .. Enum.GetValues<DefectSize>().Select(size => OfSize(size, results, thresholds.Pixel.Value, pixel))
                ],
            Macro = MacroAverages.Of(perType),
            Notes = notes,
            InspectionSeconds = seconds,
        };
    }

    private static SizeResult OfSize(
        DefectSize size,
        IReadOnlyList<ImageResult> results,
        double pixelThreshold,
        PixelReport pixel)
    {
        ImageResult[] members =
        [
            .. results.Where(result =>
                result.Defects is { Count: > 0 } defects && defects.MaxBy(defect => defect.Area).Size == size)
        ];
        RegionOutcome[] defects =
            [.. results.SelectMany(result => result.Defects ?? []).Where(defect => defect.Size == size)];
        return new SizeResult(
            size,
            members.Length,
            members.Count(result => result.IsCalledAbnormal),
            RankingAgainstGood(results, members),
            defects.Length,
            defects.Count(defect => defect.Peak > pixelThreshold),
            pixel.PerSize[size]);
    }

    private static ImageMetrics RankingAgainstGood(
        IReadOnlyList<ImageResult> results,
        IEnumerable<ImageResult> abnormal)
    {
        ImageResult[] both = [.. results.Where(result => !result.Image.IsAbnormal), .. abnormal];
        return ImageMetrics.Compute(
            [.. both.Select(result => result.Score)], [.. both.Select(result => result.Image.IsAbnormal)]);
    }
}
