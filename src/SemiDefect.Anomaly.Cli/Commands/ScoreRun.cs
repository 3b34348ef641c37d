using SemiDefect.Anomaly.Cli.Output;

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

            foreach (Inspection inspection in detector.InspectAll(paths, OnUnreadable, cancellationToken))
            {
                ScoreItem item = input.Items[inspection.Index];
                Inspection judged = threshold is { } value ? inspection.WithThreshold(value) : inspection;
                files.Write(item, judged);
                images.Add(ScoredImage.Of(item.Name, judged));
                display.Report("Scoring images", inspection.Index + 1, paths.Length);
            }

            return new ScoreResults(detector.Thresholds, detector.Fingerprint, threshold, images, [.. errors.Values]);
        });
}
