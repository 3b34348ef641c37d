using System.Globalization;
using SemiDefect.Anomaly.Evaluation.Layouts;
using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.Sources;

namespace SemiDefect.Anomaly.Evaluation.Checks;

/// <summary>
/// Checks a data set before its results are trusted. Accepts the layouts of <see cref="LabeledDataset"/>, and a plain
/// folder of good images. Memory: about 8 KiB per image. Stateless.
/// </summary>
public static class DatasetChecker
{
    /// <summary>Checks a data set.</summary>
    /// <param name="path">The folder or csv file.</param>
    /// <param name="fit">Options of a detector that examines the good images; null to skip this.</param>
    /// <param name="progress">Receives the number of completed images and their total, on any thread.</param>
    /// <param name="fitProgress">Receives the progress of the fit.</param>
    /// <param name="reading">How the images are read; null for the options of <paramref name="fit"/> or the
    /// defaults. Without a bit depth, that of the good images is found.</param>
    /// <param name="threads">The most images read at a time; 0 for one per core.</param>
    /// <param name="cancellationToken">Cancels between images.</param>
    /// <exception cref="SemiDefectException">There is no such data set, or the fit is impossible.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The number of threads is negative.</exception>
    /// <exception cref="OperationCanceledException">The operation was canceled.</exception>
    public static CheckReport Check(
        string path,
        FitOptions? fit = null,
        IProgress<(int Done, int Total)>? progress = null,
        IProgress<FitProgress>? fitProgress = null,
        ImageReading? reading = null,
        int threads = 0,
        CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentOutOfRangeException.ThrowIfNegative(threads);
        reading ??= new ImageReading
        {
            Limits = fit?.ImageLimits ?? ImageLimits.Default,
            BitDepth = fit?.BitDepth,
            Intensity = fit?.Intensity ?? IntensityRange.Full,
            Page = fit?.Page ?? 1,
        };
        CheckedSet set = CheckedSet.Open(path);
        List<CheckedImage> images = set.Images;
        var findings = new FindingList();
        reading = ReadingRules.Apply(images, reading, findings, cancellationToken);
        ImageFingerprint?[] fingerprints = Read(images, reading, findings, progress, threads, cancellationToken);
        ContentRules.Apply(images, fingerprints, findings, cancellationToken);
        MaskRules.Apply(set.Listing, set.UnusedMasks, images, fingerprints, reading.Limits, findings);
        BalanceRules.Apply(images, findings);
        if (fit is not null && set.Training is { } training)
        {
            AddSuspicious(training, images, fingerprints, fit, findings, fitProgress, cancellationToken);
        }

        return new CheckReport(
            images.Count(image => image.IsTraining),
            new SortedDictionary<string, int>(
                images.Where(image => !image.IsTraining)
                    .GroupBy(image => image.Type)
                    .ToDictionary(group => group.Key, group => group.Count()),
                StringComparer.Ordinal),
            findings.Sorted())
        { Summary = set.Summary };
    }

    private static ImageFingerprint?[] Read(
        List<CheckedImage> images,
        ImageReading reading,
        FindingList findings,
        IProgress<(int Done, int Total)>? progress,
        int threads,
        CancellationToken cancellationToken)
    {
        var parallel = new ParallelOptions
        {
            MaxDegreeOfParallelism = threads == 0 ? -1 : threads,
            CancellationToken = cancellationToken,
        };
        var fingerprints = new ImageFingerprint?[images.Count];
        var errors = new string?[images.Count];
        int done = 0;
        Parallel.For(0, images.Count, parallel, i =>
        {
            try
            {
                fingerprints[i] =
                    ImageFingerprint.Of(
                        ImageFile.ReadBytes(images[i].FullPath, reading.Limits), images[i].Path, reading);
            }
            catch (SemiDefectException error)
            {
                errors[i] = error.Message;
            }

            progress?.Report((Interlocked.Increment(ref done), images.Count));
        });
        for (int i = 0; i < images.Count; i++)
        {
            if (errors[i] is { } error)
            {
                findings.Add(CheckSeverity.Error, "unreadable", error, images[i].Path);
            }
        }

        return fingerprints;
    }

    private static void AddSuspicious(
        ImageFolder training,
        List<CheckedImage> images,
        ImageFingerprint?[] fingerprints,
        FitOptions fit,
        FindingList findings,
        IProgress<FitProgress>? progress,
        CancellationToken cancellationToken)
    {
        HashSet<string> readable =
            [.. images.Where((_, i) => fingerprints[i] is not null).Select(image => image.FullPath)];
        FolderImage[] items = [.. training.Items.Where(item => readable.Contains(item.FullPath))];
        if (items.Length < 4)
        {
            return;
        }

        using AnomalyDetector detector =
            AnomalyDetector.Fit(ImageFolder.Of(training.FullPath, items), fit, progress, cancellationToken);
        IReadOnlyList<double> scores = detector.Thresholds.ImageScores;
        double median = scores.Order().ElementAt(scores.Count / 2);
        Dictionary<string, string> shown =
            images.ToDictionary(image => image.FullPath, image => image.Path, StringComparer.Ordinal);
        foreach (int index in detector.Thresholds.FindSuspicious())
        {
            double score = scores[index];
            findings.Add(
                CheckSeverity.Warning,
                "suspicious_good",
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"A good image looks abnormal to the others (score {score:G4}, median {median:G4}): look at it, "
                        + $"and remove it if it is not good."),
                shown[items[index].FullPath]);
        }
    }
}
