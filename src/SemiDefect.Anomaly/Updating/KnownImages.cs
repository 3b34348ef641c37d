using SemiDefect.Anomaly.Banks;
using SemiDefect.Anomaly.Calibration;
using SemiDefect.Anomaly.Encoders;
using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.Serialization;
using SemiDefect.Anomaly.Sources;

namespace SemiDefect.Anomaly.Updating;

/// <summary>
/// Judges images that a detector learned from anew, each by the whole bank but the rows that came from it. The score from before was
/// taken against a smaller bank; of the two the lower one is kept, and either stands for a detector that did not see the image.
/// Thread-safe: nothing is kept.
/// </summary>
internal static class KnownImages
{
    /// <summary>The scores of all images, those of the images found in the folder renewed.</summary>
    /// <param name="folder">Where the images are; recognized by their pixels, whatever they are called. Others are passed over.</param>
    /// <param name="document">The detector: its images and their present scores.</param>
    /// <param name="bank">The bank to judge by.</param>
    /// <param name="pipeline">The network.</param>
    /// <param name="options">How to run.</param>
    /// <param name="progress">Told of each image.</param>
    /// <param name="cancellationToken">Stops between images.</param>
    /// <exception cref="SemiDefectException">An image cannot be read, or none of them is known.</exception>
    public static CalibrationScores Rejudge(
        DatasetFolder folder,
        DetectorDocument document,
        MemoryBank bank,
        EmbeddingPipeline pipeline,
        LoadOptions options,
        IProgress<FitProgress>? progress,
        CancellationToken cancellationToken)
    {
        var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
        for (int i = 0; i < document.Fit.ImageHashes.Count; i++)
        {
            numbers.TryAdd(document.Fit.ImageHashes[i], i);
        }

        int[] found = new int[folder.Items.Count];
        Image? Read(int index)
        {
            Image image = ImageFile.Read(folder.Items[index].FullPath, options.ImageLimits);
            found[index] = numbers.GetValueOrDefault(image.Sha256(), -1);
            return found[index] < 0 ? null : image;
        }

        var scores = new CalibrationScores([.. document.Thresholds.ImageScores], [.. document.Thresholds.PixelPeaks]);
        int[] rows = new int[document.Fit.Images.Count];
        foreach (int image in bank.SourceImages)
        {
            rows[image]++;
        }

        var judge = new ImageJudge(document.Map);
        using var model = new BankModel(bank, document.Scoring, bank.SourceImages, options.Threads, options.Accelerator);
        bool isAnyKnown = false;
        foreach (EmbeddedImage image in pipeline.EmbedAll(folder.Items.Count, Read, cancellationToken))
        {
            isAnyKnown = true;
            int number = found[image.Index];
            if (bank.Vectors.Rows - rows[number] >= document.Scoring.RowsNeeded)
            {
                (double score, double peak) = judge.Judge(image.Rows.Span, image.GridHeight, image.GridWidth, image.Geometry, model, number, cancellationToken);
                scores.ImageScores[number] = Math.Min(scores.ImageScores[number], score);
                scores.PixelPeaks[number] = Math.Min(scores.PixelPeaks[number], peak);
            }

            progress?.Report(new FitProgress(FitStage.Thresholds, image.Index + 1, folder.Items.Count));
        }

        return isAnyKnown
            ? scores
            : throw new SemiDefectException($"The detector knows none of the {folder.Items.Count} images below '{folder.FullPath}': give the folder that it learned from.");
    }
}
