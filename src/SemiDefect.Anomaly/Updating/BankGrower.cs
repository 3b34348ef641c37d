using SemiDefect.Anomaly.Banks;
using SemiDefect.Anomaly.Search.Coresets;
using SemiDefect.Anomaly.Search.Numerics;
using SemiDefect.Anomaly.Serialization;

namespace SemiDefect.Anomaly.Updating;

/// <summary>
/// Extends a memory bank with the patches of additional images. If its size is a share of the patches, or limited by a
/// covering radius, the bank keeps its rows, and greedy selection continues among the new patches: no distance to the
/// bank increases. A bank with a fixed number of rows is selected again from its own rows and the new patches: what was
/// within r of its rows is then within r plus the radius of the new selection. Immutable and thread-safe.
/// </summary>
internal sealed class BankGrower(MemoryBank bank, FitRecord record, int threads)
{
    /// <summary>
    /// A bank that also covers the new images, and the largest distance of any patch to it; the caller owns it.
    /// </summary>
    /// <param name="more">The patches of the new images.</param>
    /// <param name="imageNumbers">The index of each new image among all images.</param>
    /// <param name="squaredDistances">The squared distance of each new patch to the current bank.</param>
    /// <param name="progress">Receives the selected patches.</param>
    /// <param name="cancellationToken">Stops between picks.</param>
    public SelectedBank Grow(
        TrainingFeatures more,
        IReadOnlyList<int> imageNumbers,
        double[] squaredDistances,
        IProgress<CoresetProgress>? progress,
        CancellationToken cancellationToken)
    {
        if (record.CoresetCount is int count)
        {
            return PickAnew(more, imageNumbers, count, progress, cancellationToken);
        }

        // A merged bank has no requested share; its actual share is kept.
        double share = record.CoresetFraction
            ?? (record.CoresetRadius is null ? (double)bank.Vectors.Rows / record.Patches : 1);
        int target = new CoresetOptions(fraction: Math.Min(1, share)) { Maximum = record.CoresetMaximum }
            .TargetCount(checked(record.Patches + more.Matrix.Rows));
        int wanted = Math.Min(target - bank.Vectors.Rows, more.Matrix.Rows);
        CoresetSelection added = wanted < 1
            ? new CoresetSelection([], Math.Sqrt(squaredDistances.Max()))
            : Coreset.Continue(
                more.Matrix,
                squaredDistances,
                new GreedyLimits(wanted, record.CoresetRadius ?? 0),
                threads,
                progress,
                cancellationToken);
        (int[] images, int[] patches) = more.SourcesOf(added.Indices, imageNumbers);
        using FeatureMatrix vectors = more.Matrix.Gather(added.Indices);
        var grown = new MemoryBank(
            bank.Vectors.Append(vectors), [.. bank.SourceImages, .. images], [.. bank.SourcePatches, .. patches]);
        return new SelectedBank(grown, Math.Max(record.CoveringRadius ?? 0, added.CoveringRadius));
    }

    private SelectedBank PickAnew(
        TrainingFeatures more,
        IReadOnlyList<int> imageNumbers,
        int count,
        IProgress<CoresetProgress>? progress,
        CancellationToken cancellationToken)
    {
        using FeatureMatrix all = bank.Vectors.Append(more.Matrix);
        CoresetSelection selection =
            Coreset.Select(all, new CoresetOptions(count: count, threads: threads), progress, cancellationToken);
        int[] picks = selection.Indices;
        (int[] images, int[] patches) = more.SourcesOf([.. Enumerable.Range(0, more.Matrix.Rows)], imageNumbers);
        int own = bank.Vectors.Rows;
        var picked = new MemoryBank(
            all.Gather(picks),
            [.. picks.Select(pick => pick < own ? bank.SourceImages[pick] : images[pick - own])],
            [.. picks.Select(pick => pick < own ? bank.SourcePatches[pick] : patches[pick - own])]);
        return new SelectedBank(picked, (record.CoveringRadius ?? 0) + selection.CoveringRadius);
    }
}
