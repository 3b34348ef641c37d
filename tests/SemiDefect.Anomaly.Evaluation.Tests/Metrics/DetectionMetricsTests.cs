using SemiDefect.Anomaly.Evaluation.Metrics;
using SemiDefect.Anomaly.Naming;
using SemiDefect.Anomaly.Search.Numerics;

namespace SemiDefect.Anomaly.Evaluation.Tests.Metrics;

public class DetectionMetricsTests
{
    private static readonly DefectBox Box = new(0, 0, 10, 10);
    private static readonly DefectBox Elsewhere = new(50, 50, 60, 60);

    [Fact]
    public void All_found_first_is_1_and_nothing_found_is_0()
    {
        Assert.Equal(1, Ap([(0, Box)], [new(0, 0.5, Box)]));
        Assert.Equal(0, Ap([(0, Box)], []));
        Assert.Equal(0, Ap([(0, Box)], [new(0, 0.9, Elsewhere)]));
        Assert.Equal(0, Ap([(0, Box)], [new(1, 0.9, Box)]));
        Assert.Null(Ap([], [new(0, 0.9, Box)]));
    }

    // Precision 1/2 at recall 1: all 101 recalls have it.
    [Fact]
    public void A_false_detection_ahead_of_the_right_one_halves_the_precision() =>
        Assert.Equal(0.5, Ap([(0, Box)], [new(0, 0.9, Elsewhere), new(0, 0.8, Box)])!.Value, 12);

    // One of two boxes is found: recalls 0.00 to 0.50 are 51 of 101.
    [Fact]
    public void Half_of_the_boxes_found_is_51_of_101() =>
        Assert.Equal(51.0 / 101, Ap([(0, Box), (1, Box)], [new(0, 0.9, Box)])!.Value, 12);

    // Right, wrong, right of two boxes: precision 1 up to recall 0.5, then 2/3.
    [Fact]
    public void Precision_is_the_highest_at_any_higher_recall() =>
        Assert.Equal(
            (51 + 50 * (2.0 / 3)) / 101,
            Ap([(0, Box), (1, Box)], [new(0, 0.9, Box), new(0, 0.8, Elsewhere), new(1, 0.7, Box)])!.Value,
            12);

    [Fact]
    public void A_box_is_found_only_once() =>
        Assert.Equal(
            (51 + 50 * (2.0 / 3)) / 101,
            Ap([(0, Box), (1, Box)], [new(0, 0.9, Box), new(0, 0.8, Box), new(1, 0.7, Box)])!.Value,
            12);

    // Overlaps of 10 x 8 in 10 x 10: 0.8, so 7 of the 10 least overlaps (0.50 to 0.80) are reached.
    [Fact]
    public void The_mean_over_overlaps_counts_those_that_are_reached() =>
        Assert.Equal(
            0.7,
            DetectionMetrics.MeanAveragePrecision([(0, Box)], [new(0, 0.9, new DefectBox(0, 0, 10, 8))])!.Value,
            12);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void Average_precision_equals_brute_force(ulong seed)
    {
        var generator = new SeededGenerator(seed);
        (int, DefectBox)[] truths = [.. Enumerable.Range(0, 25).Select(_ => (generator.NextInt32(6), Draw(generator)))];
        BoxDetection[] detections =
        [
            .. Enumerable.Range(0, 60)
                .Select(_ => new BoxDetection(generator.NextInt32(6), generator.NextDouble(), Draw(generator))),
        ];
        foreach (double overlap in (double[])[0.1, 0.3, 0.5, 0.75])
        {
            Assert.Equal(BruteForce(truths, detections, overlap), Ap(truths, detections, overlap)!.Value, 12);
        }
    }

    private static double? Ap(
        IReadOnlyList<(int, DefectBox)> truths, IReadOnlyList<BoxDetection> detections, double overlap = 0.5) =>
        DetectionMetrics.AveragePrecision(truths, detections, overlap);

    private static DefectBox Draw(SeededGenerator generator)
    {
        (double x, double y) = (generator.NextInt32(12), generator.NextInt32(12));
        return new DefectBox(x, y, x + 2 + generator.NextInt32(8), y + 2 + generator.NextInt32(8));
    }

    // Each threshold of confidence by itself: match, count, and take the best precision of all that reach a recall.
    private static double BruteForce(
        (int Image, DefectBox Box)[] truths, BoxDetection[] detections, double overlap)
    {
        var points = new List<(double Recall, double Precision)>();
        foreach (double least in detections.Select(detection => detection.Confidence))
        {
            var free = truths.ToList();
            BoxDetection[] kept =
            [
                .. detections.Where(detection => detection.Confidence >= least)
                    .OrderByDescending(detection => detection.Confidence),
            ];
            int right = 0;
            foreach (BoxDetection detection in kept)
            {
                (int Image, DefectBox Box)[] candidates =
                [
                    .. free.Where(truth => truth.Image == detection.Image
                        && truth.Box.Overlap(detection.Box) >= overlap),
                ];
                if (candidates.Length > 0)
                {
                    double most = candidates.Max(truth => truth.Box.Overlap(detection.Box));
                    (int, DefectBox) taken = candidates.Last(truth => truth.Box.Overlap(detection.Box) == most);
                    free.RemoveAt(free.LastIndexOf(taken));
                    right++;
                }
            }

            points.Add(((double)right / truths.Length, (double)right / kept.Length));
        }

        return Enumerable.Range(0, 101).Average(step =>
            points.Where(point => point.Recall >= step / 100.0).Select(point => point.Precision)
                .DefaultIfEmpty(0)
                .Max());
    }
}
