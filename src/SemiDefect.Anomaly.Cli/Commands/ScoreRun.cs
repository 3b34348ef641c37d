using SemiDefect.Anomaly.Cli.Output;
using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.Sources;

namespace SemiDefect.Anomaly.Cli.Commands;

/// <summary>Scores images with a progress display, and writes the files of each image.</summary>
internal static class ScoreRun
{
    public static ScoreResults Execute(
        AnomalyDetector detector,
        ScoreInput input,
        ScoreFiles files,
        double? threshold,
        CancellationToken cancellationToken) =>
        ProgressDisplay.Run(display =>
        {
            ImageFolder sources = ImageFolder.Of(
                string.Empty,
                [.. input.Items.Select(item => new FolderImage(item.FullPath, item.FullPath) { Page = item.Page })]);
            var errors = new SortedDictionary<int, UnreadableJson>();
            var images = new List<ScoredImage>();
            void OnUnreadable(int index, SemiDefectException error)
            {
                lock (errors)
                {
                    errors[index] = new UnreadableJson(input.Items[index].Name, error.Message);
                }
            }

            // An image is decoded once, for its inspection and its overlay.
            PassingImages? passing =
                files.Heatmaps is null ? null : new PassingImages(sources.Under(detector.Reading));
            Func<int, Image>? decoded = passing is null ? null : index => passing.Take(index, cancellationToken);
            IEnumerable<Inspection> scored = detector
                .InspectAll((IImageSource?)passing ?? sources, OnUnreadable, cancellationToken)
                .Select(inspection => threshold is { } value ? inspection.WithThreshold(value) : inspection);
            foreach (Inspection inspection in WriteAll(input, files, scored, OnUnreadable, decoded))
            {
                images.Add(ScoredImage.Of(input.Items[inspection.Index], inspection));
                display.Report("Scoring images", inspection.Index + 1, sources.Count);
            }

            return new ScoreResults(
                detector.Thresholds,
                detector.Fingerprint,
                threshold,
                detector.Description.Names is not null,
                images,
                [.. errors.Values]);
        });

    /// <summary>
    /// Writes the files of each inspection and returns it; if the image no longer exists, reports and skips it.
    /// </summary>
    public static IEnumerable<Inspection> WriteAll(
        ScoreInput input,
        ScoreFiles files,
        IEnumerable<Inspection> inspections,
        Action<int, SemiDefectException> onUnreadable,
        Func<int, Image>? decoded = null)
    {
        foreach (Inspection inspection in inspections)
        {
            try
            {
                files.Write(input.Items[inspection.Index], inspection, decoded);
            }
            catch (ImageFormatException error)
            {
                onUnreadable(inspection.Index, error);
                continue;
            }

            yield return inspection;
        }
    }
}
