namespace SemiDefect.Anomaly.Evaluation.Checks;

/// <summary>
/// Finds copies (the same pixels) and near-copies: the same picture packed again, resized or brightened. Two pictures are
/// near-copies when their 64 x 64 thumbnails, brightness set equal, differ by less than a quarter of what lies between an
/// image of this set and its nearest other one at the median, and by at most <see cref="LargestDistance"/> grey levels: good
/// parts of a line look much alike, so the set itself must say what alike means. Shifted, turned and cropped copies
/// are not found. Thread-safe: nothing is kept.
/// </summary>
internal static class DuplicateFinder
{
    /// <summary>The root-mean-square difference in grey levels beyond which no two pictures are near-copies.</summary>
    public const double LargestDistance = 4;

    private const double ShareOfMedian = 0.25;
    private const int FewestImages = 8;

    /// <summary>Pairs of positions, copies and near-copies apart; each image's copies are paired with the first of them.</summary>
    public static (List<(int First, int Second)> Copies, List<(int First, int Second)> NearCopies) Find(
        IReadOnlyList<ImageFingerprint?> images, CancellationToken cancellationToken)
    {
        var copies = new List<(int, int)>();
        var firstByPixels = new Dictionary<string, int>(StringComparer.Ordinal);
        var distinct = new List<int>();
        for (int i = 0; i < images.Count; i++)
        {
            if (images[i] is { } image)
            {
                if (firstByPixels.TryAdd(image.Pixels, i))
                {
                    distinct.Add(i);
                }
                else
                {
                    copies.Add((firstByPixels[image.Pixels], i));
                }
            }
        }

        return (copies, distinct.Count < 2 ? [] : FindNear(images, distinct, cancellationToken));
    }

    private static List<(int First, int Second)> FindNear(IReadOnlyList<ImageFingerprint?> images, List<int> distinct, CancellationToken cancellationToken)
    {
        // Each image's own list, joined in order afterwards: the threads' order must not show.
        double[] nearest = new double[distinct.Count];
        var close = new List<(int Other, double Distance)>[distinct.Count];
        Parallel.For(0, distinct.Count, new ParallelOptions { CancellationToken = cancellationToken }, i =>
        {
            nearest[i] = double.PositiveInfinity;
            close[i] = [];
            for (int j = 0; j < distinct.Count; j++)
            {
                if (j == i)
                {
                    continue;
                }

                double distance = images[distinct[i]]!.DistanceTo(images[distinct[j]]!);
                nearest[i] = Math.Min(nearest[i], distance);
                if (j > i && distance <= LargestDistance)
                {
                    close[i].Add((j, distance));
                }
            }
        });

        double median = nearest.Order().ElementAt(nearest.Length / 2);
        double limit = distinct.Count < FewestImages ? 1 : Math.Min(LargestDistance, ShareOfMedian * median);
        return [.. Enumerable.Range(0, distinct.Count).SelectMany(i => close[i].Where(pair => pair.Distance < limit).Select(pair => (distinct[i], distinct[pair.Other])))];
    }
}
