namespace SemiDefect.Anomaly.Evaluation.Checks;

/// <summary>
/// Finds copies (identical pixels) and near-copies: the same image encoded again, resized or brightened. Two images are
/// near-copies if their 64 x 64 thumbnails, with equalized brightness, differ by less than a quarter of the median
/// distance between an image of this set and its nearest other image, and by at most <see cref="LargestDistance"/> gray
/// levels. The threshold depends on the set, because good parts of one production line look much alike. Shifted,
/// rotated and cropped copies are not found. Stateless.
/// </summary>
internal static class DuplicateFinder
{
    /// <summary>The root-mean-square difference in gray levels above which two images are never near-copies.</summary>
    public const double LargestDistance = 4;

    private const double ShareOfMedian = 0.25;
    private const int FewestImages = 8;

    /// <summary>
    /// Pairs of indices, copies and near-copies separately; each copy is paired with the first of its copies.
    /// </summary>
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

    private static List<(int First, int Second)> FindNear(
        IReadOnlyList<ImageFingerprint?> images,
        List<int> distinct,
        CancellationToken cancellationToken)
    {
        // Each image has its own list; the lists are joined in order, so that the order of the threads does not matter.
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
        return [
            .. Enumerable.Range(0, distinct.Count).SelectMany(
                i => close[i].Where(pair => pair.Distance < limit).Select(pair => (distinct[i], distinct[pair.Other])))
        ];
    }
}
