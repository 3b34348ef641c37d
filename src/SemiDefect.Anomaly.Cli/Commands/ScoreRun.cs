using SemiDefect.Anomaly.Cli.Output;
using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.Scoring;
using SemiDefect.Anomaly.Server.Api;

namespace SemiDefect.Anomaly.Cli.Commands;

/// <summary>Scores a list of images with a progress display and writes each one's files as it goes.</summary>
internal static class ScoreRun
{
    public static ScoreResults Execute(AnomalyDetector detector, ScoreInput input, ScoreFiles files, double? threshold, CancellationToken cancellationToken) =>
        ProgressDisplay.Run(display =>
        {
            string[] paths = [.. input.Items.Select(item => item.FullPath)];
            var errors = new SortedDictionary<int, UnreadableJson>();
            var images = new List<ScoredImage>();
            void OnUnreadable(int index, SemiDefectException error)
            {
                lock (errors)
                {
                    errors[index] = new UnreadableJson(input.Items[index].Name, error.Message);
                }
            }

            IEnumerable<Inspection> judged = detector.InspectAll(paths, OnUnreadable, cancellationToken)
                .Select(inspection => threshold is { } value ? inspection.WithThreshold(value) : inspection);
            foreach (Inspection inspection in WriteAll(input, files, judged, OnUnreadable))
            {
                images.Add(ScoredImage.Of(input.Items[inspection.Index].Name, inspection));
                display.Report("Scoring images", inspection.Index + 1, paths.Length);
            }

            return new ScoreResults(detector.Thresholds, detector.Fingerprint, threshold, images, [.. errors.Values]);
        });

    /// <summary>Writes each image's files and passes it on; one that has gone since it was inspected is told of and left out.</summary>
    public static IEnumerable<Inspection> WriteAll(
        ScoreInput input, ScoreFiles files, IEnumerable<Inspection> inspections, Action<int, SemiDefectException> onUnreadable)
    {
        foreach (Inspection inspection in inspections)
        {
            try
            {
                files.Write(input.Items[inspection.Index], inspection);
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
