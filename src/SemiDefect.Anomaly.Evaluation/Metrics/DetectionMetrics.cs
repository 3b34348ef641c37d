using SemiDefect.Anomaly.Naming;

namespace SemiDefect.Anomaly.Evaluation.Metrics;

/// <summary>
/// Average precision of boxes of one type, as COCO defines it (Lin et al. 2014; pycocotools): in each image, the
/// detections in descending order of their confidence take the free labeled box that they overlap most, if by the least
/// overlap (area in both by area in either); the precision, made not to fall with falling recall, is averaged over 101
/// recalls from 0 to 1. Stateless.
/// </summary>
public static class DetectionMetrics
{
    /// <summary>No more detections of an image count.</summary>
    public const int MostPerImage = 100;

    private const int Recalls = 101;
    private const int Overlaps = 10;

    /// <summary>The average precision at one least overlap.</summary>
    /// <param name="truths">The labeled boxes, each with the position of its image.</param>
    /// <param name="detections">The detections; of equal confidence, the first one comes first.</param>
    /// <param name="leastOverlap">0 to 1.</param>
    /// <returns>0 to 1; null without a labeled box.</returns>
    public static double? AveragePrecision(
        IReadOnlyList<(int Image, DefectBox Box)> truths,
        IReadOnlyList<BoxDetection> detections,
        double leastOverlap)
    {
        ArgumentNullException.ThrowIfNull(truths);
        ArgumentNullException.ThrowIfNull(detections);
        if (truths.Count == 0)
        {
            return null;
        }

        ILookup<int, DefectBox> boxes = truths.ToLookup(truth => truth.Image, truth => truth.Box);
        (double Confidence, bool IsRight)[] ranked =
        [
            .. detections.GroupBy(detection => detection.Image)
                .OrderBy(group => group.Key)
                .SelectMany(group => Match(
                    [.. boxes[group.Key]],
                    [.. group.OrderByDescending(detection => detection.Confidence).Take(MostPerImage)],
                    leastOverlap))
                .OrderByDescending(one => one.Confidence),
        ];
        double[] precisions = new double[ranked.Length];
        double[] recalls = new double[ranked.Length];
        int right = 0;
        for (int i = 0; i < ranked.Length; i++)
        {
            right += ranked[i].IsRight ? 1 : 0;
            precisions[i] = (double)right / (i + 1);
            recalls[i] = (double)right / truths.Count;
        }

        for (int i = ranked.Length - 2; i >= 0; i--)
        {
            precisions[i] = Math.Max(precisions[i], precisions[i + 1]);
        }

        double sum = 0;
        int at = 0;
        for (int step = 0; step < Recalls; step++)
        {
            while (at < ranked.Length && recalls[at] < step / (Recalls - 1.0))
            {
                at++;
            }

            sum += at < ranked.Length ? precisions[at] : 0;
        }

        return sum / Recalls;
    }

    /// <summary>The mean of the average precision over the least overlaps 0.50, 0.55, ..., 0.95.</summary>
    /// <param name="truths">The labeled boxes, each with the position of its image.</param>
    /// <param name="detections">The detections.</param>
    /// <returns>0 to 1; null without a labeled box.</returns>
    public static double? MeanAveragePrecision(
        IReadOnlyList<(int Image, DefectBox Box)> truths, IReadOnlyList<BoxDetection> detections)
    {
        ArgumentNullException.ThrowIfNull(truths);
        return truths.Count == 0
            ? null
            : Enumerable.Range(0, Overlaps)
                .Average(step => AveragePrecision(truths, detections, (50 + 5 * step) / 100.0));
    }

    private static IEnumerable<(double Confidence, bool IsRight)> Match(
        DefectBox[] truths, BoxDetection[] detections, double leastOverlap)
    {
        bool[] taken = new bool[truths.Length];
        foreach (BoxDetection detection in detections)
        {
            // As in pycocotools, of equal overlaps the last one wins.
            (int best, double most) = (-1, Math.Min(leastOverlap, 1 - 1e-10));
            for (int i = 0; i < truths.Length; i++)
            {
                double overlap = taken[i] ? -1 : truths[i].Overlap(detection.Box);
                (best, most) = overlap >= most ? (i, overlap) : (best, most);
            }

            if (best >= 0)
            {
                taken[best] = true;
            }

            yield return (detection.Confidence, best >= 0);
        }
    }
}
