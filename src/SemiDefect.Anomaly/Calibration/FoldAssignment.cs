using SemiDefect.Anomaly.Search.Numerics;

namespace SemiDefect.Anomaly.Calibration;

/// <summary>
/// Assigns each image to a fold: a seeded shuffle, dealt out in turn, so that fold sizes differ by at most one.
/// Immutable and thread-safe.
/// </summary>
internal sealed class FoldAssignment
{
    private readonly int[] _folds;

    /// <summary>
    /// Assigns <paramref name="images"/> images to at most <paramref name="folds"/> folds of at least one image each.
    /// </summary>
    public FoldAssignment(int images, int folds, ulong seed)
    {
        Count = Math.Min(folds, images);
        int[] order = [.. Enumerable.Range(0, images)];
        new SeededGenerator(seed).Shuffle<int>(order);
        _folds = new int[images];
        for (int i = 0; i < images; i++)
        {
            _folds[order[i]] = i % Count;
        }
    }

    /// <summary>The number of folds.</summary>
    public int Count { get; }

    /// <summary>The number of images.</summary>
    public int Images => _folds.Length;

    /// <summary>The fold of an image.</summary>
    public int this[int image] => _folds[image];

    /// <summary>The images of a fold, in order.</summary>
    public int[] Members(int fold) => [.. Enumerable.Range(0, _folds.Length).Where(image => _folds[image] == fold)];

    /// <summary>The images of all other folds, in order.</summary>
    public int[] Others(int fold) => [.. Enumerable.Range(0, _folds.Length).Where(image => _folds[image] != fold)];
}
