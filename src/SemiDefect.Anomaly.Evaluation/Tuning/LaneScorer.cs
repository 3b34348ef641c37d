using SemiDefect.Anomaly.Evaluation.Rehearsals;
using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.Sources;

namespace SemiDefect.Anomaly.Evaluation.Tuning;

/// <summary>
/// Fits one detector per lane, and scores the images held out by each of them, as they are and with planted defects:
/// every picture is read and every defect planted once. Stateless.
/// </summary>
internal static class LaneScorer
{
    /// <summary>Scores all lanes.</summary>
    /// <param name="good">The good images.</param>
    /// <param name="lanes">The options of each lane, with one network and one working size.</param>
    /// <param name="tuning">The options of the tuning.</param>
    /// <param name="halve">
    /// Told of the scores on the first half of the pictures, gives the lanes to go on with; null for all.
    /// </param>
    /// <param name="progress">Told of images learned from and inspected; null for none.</param>
    /// <param name="cancellationToken">Cancels between images.</param>
    public static (LaneScores[] Scores, PlantedTrial[] Trials) Score(
        IImageSource good,
        IReadOnlyList<FitOptions> lanes,
        TuningOptions tuning,
        Func<LaneScores[], PlantedTrial[], IReadOnlySet<int>>? halve,
        IProgress<TuningProgress>? progress,
        CancellationToken cancellationToken)
    {
        (int[] learned, int[] heldOut) = TuningSplit.Divide(good.Count, tuning);
        ImageList learnedImages = ImageList.Of(good, learned);
        var detectors = new List<AnomalyDetector>();
        try
        {
            foreach (FitOptions lane in lanes)
            {
                progress?.Report(new TuningProgress(TuningStage.Fitting, detectors.Count, lanes.Count));
                detectors.Add(AnomalyDetector.Fit(
                    learnedImages,
                    lane with { GoldenImages = 0, Planter = null, Tuning = null },
                    progress: null,
                    cancellationToken));
            }

            progress?.Report(new TuningProgress(TuningStage.Fitting, lanes.Count, lanes.Count));
            return Inspect(good, heldOut, detectors, tuning, halve, progress, cancellationToken);
        }
        finally
        {
            detectors.ForEach(detector => detector.Dispose());
        }
    }

    private static (LaneScores[] Scores, PlantedTrial[] Trials) Inspect(
        IImageSource good,
        int[] heldOut,
        List<AnomalyDetector> detectors,
        TuningOptions tuning,
        Func<LaneScores[], PlantedTrial[], IReadOnlySet<int>>? halve,
        IProgress<TuningProgress>? progress,
        CancellationToken cancellationToken)
    {
        var trials = new List<PlantedTrial>();
        List<double>[] clean = [.. detectors.Select(_ => new List<double>())];
        List<PlantedScore>[] planted = [.. detectors.Select(_ => new List<PlantedScore>())];
        LaneScores[] Scores() =>
        [
            .. detectors.Select((detector, lane) =>
                new LaneScores(detector.Thresholds.ImageScores, [.. clean[lane]], [.. planted[lane]])),
        ];
        int[] inUse = [.. Enumerable.Range(0, detectors.Count)];
        int total = heldOut.Length * (1 + Math.Min(tuning.KindsPerSize, tuning.Kinds.Count) * tuning.Sizes);
        int done = 0;
        for (int i = 0; i < heldOut.Length; i++)
        {
            if (halve is not null && i == heldOut.Length / 2 && trials.Count > 0)
            {
                inUse = [.. halve(Scores(), [.. trials]).Where(lane => lane >= 0).Order()];
            }

            Image image = good.Read(heldOut[i], cancellationToken);
            foreach (int lane in inUse)
            {
                clean[lane].Add(detectors[lane].Inspect(image, string.Empty, cancellationToken).Score);
            }

            progress?.Report(new TuningProgress(TuningStage.Planting, ++done, total));
            var profile = new PictureProfile(image);
            foreach (PlantedTrial trial in TrialPlan.Of(i, Math.Min(image.Width, image.Height), tuning))
            {
                PlantedImage defect =
                    Rehearsal.Plant(profile, i, trial.Kind, trial.Size, trial.Contrast, tuning.Seed);
                foreach (int lane in inUse)
                {
                    Inspection inspection = detectors[lane].Inspect(defect.Image, string.Empty, cancellationToken);
                    planted[lane].Add(new PlantedScore(inspection.Score, Rehearsal.IsOn(inspection, defect.Box)));
                }

                trials.Add(trial);
                progress?.Report(new TuningProgress(TuningStage.Planting, ++done, total));
            }
        }

        return (Scores(), [.. trials]);
    }
}
