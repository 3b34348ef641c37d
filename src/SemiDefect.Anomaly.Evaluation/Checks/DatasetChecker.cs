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
    /// <param name="limits">Limits on the images; null for those of <paramref name="fit"/> or the defaults.</param>
    /// <param name="cancellationToken">Cancels between images.</param>
    /// <exception cref="SemiDefectException">There is no such data set, or the fit is impossible.</exception>
    /// <exception cref="OperationCanceledException">The operation was canceled.</exception>
    public static CheckReport Check(
        string path,
        FitOptions? fit = null,
        IProgress<(int Done, int Total)>? progress = null,
        IProgress<FitProgress>? fitProgress = null,
        ImageLimits? limits = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        string root = Path.GetFullPath(path);
        limits ??= fit?.ImageLimits ?? ImageLimits.Default;
        (List<CheckedImage> images, ImageFolder? training) = Collect(root);
        var findings = new FindingList();
        ImageFingerprint?[] fingerprints = Read(images, limits, findings, progress, cancellationToken);
        ContentRules.Apply(images, fingerprints, findings, cancellationToken);
        MaskRules.Apply(root, images, fingerprints, limits, findings);
        BalanceRules.Apply(images, findings);
        if (fit is not null && training is not null)
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
            findings.Sorted());
    }

    private static (List<CheckedImage> Images, ImageFolder? Training) Collect(string root)
    {
        bool isPlainImages = Directory.Exists(root)
            && !Directory.Exists(Path.Combine(root, "test"))
            && !Directory.Exists(Path.Combine(root, "train"))
            && !Directory.Exists(Path.Combine(root, LabeledDataset.Good));
        if (isPlainImages)
        {
            ImageFolder folder = ImageFolder.Open(root);
            List<CheckedImage> plain =
            [
                .. folder.Items.Select(item =>
                    new CheckedImage(item.RelativePath, item.FullPath, true, LabeledDataset.Good, null))
            ];
            return (plain, folder);
        }

        ImageFolder? training = Directory.Exists(Path.Combine(root, "train", LabeledDataset.Good))
            ? ImageFolder.Open(Path.Combine(root, "train", LabeledDataset.Good))
            : null;
        LabeledDataset dataset = LabeledDataset.Open(root, needsTraining: false);
        List<CheckedImage> images =
        [
            .. dataset.Test.Select(
                image => new CheckedImage(image.Path, image.FullPath, false, image.Type, image.MaskPath))
        ];
        if (training is not null)
        {
            images.InsertRange(
                0,
                training.Items.Select(item =>
                    new CheckedImage(
                        $"train/good/{item.RelativePath}", item.FullPath, true, LabeledDataset.Good, null)));
            return (images, training);
        }

        // There are no separate training images: the good images are compared with each other.
        CheckedImage[] good = [.. images.Where(image => image.IsGood)];
        ImageFolder? goodFolder = good.Length < 2
            ? null
            : ImageFolder.Of(root, [.. good.Select(image => new FolderImage(image.Path, image.FullPath))]);
        return (images, goodFolder);
    }

    private static ImageFingerprint?[] Read(
        List<CheckedImage> images,
        ImageLimits limits,
        FindingList findings,
        IProgress<(int Done, int Total)>? progress,
        CancellationToken cancellationToken)
    {
        var fingerprints = new ImageFingerprint?[images.Count];
        var errors = new string?[images.Count];
        int done = 0;
        Parallel.For(0, images.Count, new ParallelOptions { CancellationToken = cancellationToken }, i =>
        {
            try
            {
                fingerprints[i] =
                    ImageFingerprint.Of(ImageFile.ReadBytes(images[i].FullPath, limits), images[i].Path, limits);
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
        foreach ((int index, double score) in SuspiciousImages.Find(scores))
        {
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
