using SemiDefect.Anomaly.Search.Neighbors;
using SemiDefect.Anomaly.Search.Numerics;

namespace SemiDefect.Anomaly.Search.Coresets;

/// <summary>How large a coreset is and how its rows are picked. Immutable, and so thread-safe.</summary>
public sealed record CoresetOptions
{
    /// <summary>Refuses whatever cannot be.</summary>
    /// <param name="fraction">The share of the rows to pick, above 0 and at most 1.</param>
    /// <param name="count">The number of rows to pick, 1 or more. Give this, or the fraction, or a covering radius.</param>
    /// <param name="method">How rows are picked.</param>
    /// <param name="coveringRadius">Stop as soon as every row is within this distance of a pick. For the exact method without projection only.</param>
    /// <param name="projectionDimension">Pick by distances in a random projection to so many dimensions; null for none.</param>
    /// <param name="seed">Of the anchors and of the projection.</param>
    /// <param name="starts">Exact: the rows to pick first, in this order. Approximate: the anchors. Null to choose them as the method says.</param>
    /// <param name="projection">The projection itself, target x source dimensions: reduced = features x projection^T. Null to draw one.</param>
    /// <param name="anchorCount">Anchors of the approximate method where none are given, 1 or more.</param>
    /// <param name="threads">Threads to use; 0 for as many as there are processors. The picks do not depend on it.</param>
    /// <exception cref="SemiDefectException">A value or a combination is impossible.</exception>
    public CoresetOptions(
        double? fraction = null,
        int? count = null,
        CoresetMethod method = CoresetMethod.Exact,
        double? coveringRadius = null,
        int? projectionDimension = null,
        ulong seed = 0,
        IReadOnlyList<int>? starts = null,
        FeatureMatrix? projection = null,
        int anchorCount = 10,
        int threads = 0)
    {
        Refuse(fraction is not (null or (> 0 and <= 1)), "The coreset fraction must be above 0 and at most 1.");
        Refuse(count < 1, "The coreset count must be 1 or more.");
        Refuse(fraction is not null && count is not null, "Give the coreset's size as a fraction or as a count, not as both.");
        Refuse(fraction is null && count is null && coveringRadius is null, "Give the coreset's size: a fraction, a count, or a covering radius.");
        Refuse(coveringRadius is not (null or (>= 0 and < double.PositiveInfinity)), "The coreset's covering radius must be 0 or more.");
        Refuse(!Enum.IsDefined(method), "The coreset method must be exact or approximate.");
        Refuse(projectionDimension < 1, "The coreset's projection must have 1 dimension or more.");
        Refuse(projectionDimension is not null && projection is not null, "Give the coreset's projection or its dimension, not both.");
        Refuse(starts is { Count: 0 }, "The coreset's start rows are an empty list; give none at all, or one at least.");
        Refuse(starts is not null && starts.Distinct().Count() != starts.Count, "The coreset's start rows hold a row twice.");
        Refuse(anchorCount < 1, "The coreset needs 1 anchor or more.");
        Refuse(threads < 0, "The number of threads must be 0 (all processors) or more.");
        Refuse(
            coveringRadius is not null && (method != CoresetMethod.Exact || projectionDimension is not null || projection is not null),
            "A covering radius can be asked of the exact coreset method without projection only.");
        Fraction = fraction;
        Count = count;
        Method = method;
        CoveringRadius = coveringRadius;
        ProjectionDimension = projectionDimension;
        Seed = seed;
        Starts = starts;
        Projection = projection;
        AnchorCount = anchorCount;
        Threads = threads;
    }

    /// <summary>The share of the rows to pick: int(rows x fraction) of them, 1 at least.</summary>
    public double? Fraction { get; }

    /// <summary>The number of rows to pick; all rows where there are fewer.</summary>
    public int? Count { get; }

    /// <summary>How rows are picked.</summary>
    public CoresetMethod Method { get; }

    /// <summary>The distance (not squared) at which to stop.</summary>
    public double? CoveringRadius { get; }

    /// <summary>The dimensions of the random projection.</summary>
    public int? ProjectionDimension { get; }

    /// <summary>The seed of the anchors and of the projection.</summary>
    public ulong Seed { get; }

    /// <summary>The rows picked first (exact) or the anchors (approximate).</summary>
    public IReadOnlyList<int>? Starts { get; }

    /// <summary>The projection, target x source. Not owned.</summary>
    public FeatureMatrix? Projection { get; }

    /// <summary>Anchors of the approximate method.</summary>
    public int AnchorCount { get; }

    /// <summary>Threads to use; 0 for one per processor.</summary>
    public int Threads { get; }

    /// <summary>A device to look for rows near a pick; null for the CPU. The picks do not depend on it. Not owned.</summary>
    public SearchAccelerator? Accelerator { get; init; }

    /// <summary>The most rows that may be picked out of <paramref name="rows"/>.</summary>
    public int TargetCount(int rows) =>
        Count is int count ? Math.Min(count, rows)
        : Fraction is double fraction ? Math.Max(1, (int)(rows * fraction))
        : rows;

    /// <summary>The same choices for a part of the rows, of which so many are picked at most; within half the covering radius, so that two such steps keep to it.</summary>
    public CoresetOptions ForPart(int count) =>
        new(null, count, Method, CoveringRadius / 2, Projection is null ? ProjectionDimension : null, Seed, null, Projection, AnchorCount, Threads) { Accelerator = Accelerator };

    private static void Refuse(bool impossible, string message)
    {
        if (impossible)
        {
            throw new SemiDefectException(message);
        }
    }
}
