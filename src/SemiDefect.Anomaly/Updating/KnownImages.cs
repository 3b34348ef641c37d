using SemiDefect.Anomaly.Banks;
using SemiDefect.Anomaly.Calibration;
using SemiDefect.Anomaly.Detection;
using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.Search.Neighbors;
using SemiDefect.Anomaly.Serialization;
using SemiDefect.Anomaly.Sources;

namespace SemiDefect.Anomaly.Updating;

/// <summary>
/// Scores images that a detector was trained on again, each by the complete banks without the rows from that image. The
/// stored score was computed against a smaller bank. The lower of the two is kept; either is the score of a detector
/// that was not trained on the image. Stateless.
/// </summary>
internal static class KnownImages
{
    /// <summary>The thresholds by the scores and map maxima of all images, updated for the images found.</summary>
    /// <param name="source">The images, recognized by their pixels, not by name. Others are skipped.</param>
    /// <param name="bundle">The detector: its images, their current scores, and the banks.</param>
    /// <param name="pipeline">A pipeline with the encoders to use.</param>
    /// <param name="options">The load options.</param>
    /// <param name="progress">Receives each image.</param>
    /// <param name="cancellationToken">Stops between images.</param>
    /// <exception cref="SemiDefectException">An image cannot be read, or the detector knows none of them.</exception>
    public static DetectorThresholds Rejudge(
        IImageSource source,
        DetectorBundle bundle,
        DetectorPipeline pipeline,
        LoadOptions options,
        IProgress<FitProgress>? progress,
        CancellationToken cancellationToken)
    {
        DetectorDocument document = bundle.Document;
        var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
        for (int i = 0; i < document.Fit.ImageHashes.Count; i++)
        {
            numbers.TryAdd(document.Fit.ImageHashes[i], i);
        }

        bool[] canJudge = [.. Enumerable.Range(0, document.Fit.Images.Count).Select(_ => true)];
        foreach ((MemoryBank bank, Branch branch) in bundle.Banks.Zip(pipeline.Branches))
        {
            int needed = MemoryBankModel.RowsNeeded(branch.Scoring, pipeline.Lanes[branch.Lane].Whitening);
            foreach (IGrouping<int, int> rows in bank.SourceImages.GroupBy(image => image))
            {
                canJudge[rows.Key] &= bank.Vectors.Rows - rows.Count() >= needed;
            }
        }

        int[] found = new int[source.Count];
        Image? Read(int index)
        {
            Image image = source.Read(index, cancellationToken);
            found[index] = numbers.GetValueOrDefault(image.Sha256(), -1);
            return found[index] < 0 || !canJudge[found[index]] ? null : image;
        }

        DetectorThresholds present = document.Thresholds;
        double[] scores = [.. present.ImageScores];
        double[] peaks = [.. present.PixelPeaks];
        IReadOnlyList<double>[]? branchScores = present.BranchImageScores?.ToArray();
        IReadOnlyList<double>[]? branchPeaks = present.BranchPixelPeaks?.ToArray();
        var branches = new List<Branch>();
        try
        {
            branches.AddRange(bundle.Banks.Zip(pipeline.Branches, (bank, branch) => branch with
            {
                Model = new MemoryBankModel(
                    bank,
                    branch.Scoring,
                    bank.SourceImages,
                    options.Threads,
                    options.Accelerator,
                    pipeline.Lanes[branch.Lane].Whitening),
            }));

            // The encoders belong to the given pipeline, so this one is not disposed of.
            var judge = new DetectorPipeline(pipeline.Lanes, branches, pipeline.Fusion, options.BatchSize);
            foreach ((int index, ScoredImage scored)
                in judge.ScoreAll(source.Count, Read, image => BankFilter.Without(found[image]), cancellationToken))
            {
                int number = found[index];
                if (scored.Score < scores[number])
                {
                    scores[number] = scored.Score;
                    branchScores?[number] = scored.BranchImageScores;
                }

                if (scored.Map.Peak < peaks[number])
                {
                    peaks[number] = scored.Map.Peak;
                    branchPeaks?[number] = scored.BranchPeaks;
                }

                progress?.Report(new FitProgress(FitStage.Thresholds, index + 1, source.Count));
            }
        }
        finally
        {
            branches.ForEach(branch => branch.Model.Dispose());
        }

        return found.Any(number => number >= 0)
            ? present.Renew(scores, peaks, branchScores, branchPeaks)
            : throw new SemiDefectException(
                $"The detector knows none of the {source.Count} images given with --known: give those that it was "
                    + "trained on.");
    }
}
