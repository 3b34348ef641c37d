using SemiDefect.Anomaly.Search.Neighbors;
using SemiDefect.Anomaly.Search.Numerics;

namespace SemiDefect.Anomaly.Search.Coresets;

/// <summary>The size of a coreset and how its rows are picked. Immutable and thread-safe.</summary>
public sealed record CoresetOptions
{
    /// <summary>Creates options and rejects invalid values.</summary>
    /// <param name="fraction">The share of the rows to pick, above 0 and at most 1.</param>
    /// <param name="count">The number of rows to pick, 1 or more. Specify a count, a fraction, or a covering
    /// radius.</param>
    /// <param name="method">How rows are picked.</param>
    /// <param name="coveringRadius">Stop as soon as every row is within this distance of a pick. Only for the exact
    /// method without projection.</param>
    /// <param name="projectionDimension">Measure distances in a random projection to this many dimensions; null for
    /// none.</param>
    /// <param name="seed">The seed for the anchors and the projection.</param>
    /// <param name="starts">Exact method: the rows to pick first, in this order. Approximate method: the anchors. Null
    /// for the method's default.</param>
    /// <param name="projection">The projection, target x source dimensions: reduced = features x projection^T. Null to
    /// draw one.</param>
    /// <param name="anchorCount">Number of anchors of the approximate method if none are given, 1 or more.</param>
    /// <param name="threads">Number of threads; 0 for one per processor. Does not affect the picks.</param>
    /// <exception cref="SemiDefectException">A value or a combination of values is invalid.</exception>
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
        Refuse(
            fraction is not null && count is not null,
            "Give the coreset's size as a fraction or as a count, not both.");
        Refuse(
            fraction is null && count is null && coveringRadius is null,
            "Give the coreset's size: a fraction, a count, or a covering radius.");
        Refuse(
            coveringRadius is not (null or (>= 0 and < double.PositiveInfinity)),
            "The coreset's covering radius must be 0 or more.");
        Refuse(!Enum.IsDefined(method), "The coreset method must be exact or approximate.");
        Refuse(projectionDimension < 1, "The coreset's projection must have 1 dimension or more.");
        Refuse(
            projectionDimension is not null && projection is not null,
            "Give the coreset's projection or its dimension, not both.");
        Refuse(
            starts is { Count: 0 },
            "The list of the coreset's start rows is empty; omit it, or give at least one row.");
        Refuse(
            starts is not null && starts.Distinct().Count() != starts.Count,
            "The coreset's start rows contain a row twice.");
        Refuse(anchorCount < 1, "The coreset needs 1 anchor or more.");
        Refuse(threads < 0, "The number of threads must be 0 (all processors) or more.");
        Refuse(
            coveringRadius is not null
                && (method != CoresetMethod.Exact || projectionDimension is not null || projection is not null),
            "A covering radius requires the exact coreset method without projection.");
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

    /// <summary>The share of the rows to pick: int(rows x fraction) of them, but at least 1.</summary>
    public double? Fraction { get; }

    /// <summary>The number of rows to pick; all rows if there are fewer.</summary>
    public int? Count { get; }

    /// <summary>How rows are picked.</summary>
    public CoresetMethod Method { get; }

    /// <summary>The distance (not squared) at which to stop.</summary>
    public double? CoveringRadius { get; }

    /// <summary>The number of dimensions of the random projection.</summary>
    public int? ProjectionDimension { get; }

    /// <summary>The seed for the anchors and the projection.</summary>
    public ulong Seed { get; }

    /// <summary>The rows to pick first (exact method) or the anchors (approximate method).</summary>
    public IReadOnlyList<int>? Starts { get; }

    /// <summary>The projection, target x source. Not disposed.</summary>
    public FeatureMatrix? Projection { get; }

    /// <summary>Number of anchors of the approximate method.</summary>
    public int AnchorCount { get; }

    /// <summary>Number of threads; 0 for one per processor.</summary>
    public int Threads { get; }

    /// <summary>The most rows that a fraction may pick, 1 or more; null for no limit.</summary>
    /// <exception cref="SemiDefectException">The value is below 1.</exception>
    public int? Maximum
    {
        get;
        init
        {
            Refuse(value < 1, "The maximum size of the coreset must be 1 or more.");
            field = value;
        }
    }

    /// <summary>
    /// A device that finds the rows near a pick; null for the CPU. Does not affect the picks. Not disposed.
    /// </summary>
    public SearchAccelerator? Accelerator { get; init; }

    /// <summary>The maximum number of picks out of <paramref name="rows"/> rows.</summary>
    public int TargetCount(int rows) =>
        Count is int count ? Math.Min(count, rows)
        : Fraction is double fraction ? Math.Min(Math.Max(1, (int)(rows * fraction)), Maximum ?? int.MaxValue)
        : rows;

    /// <summary>
    /// The same options for a part of the rows, with at most <paramref name="count"/> picks and half the covering
    /// radius, so that two such steps together stay within the radius.
    /// </summary>
    public CoresetOptions ForPart(int count) =>
        new(
            null,
            count,
            Method,
            CoveringRadius / 2,
            Projection is null ? ProjectionDimension : null,
            Seed,
            null,
            Projection,
            AnchorCount,
            Threads)
        {
            Accelerator = Accelerator,
        };

    /// <summary>The same options with another seed, number of threads and device.</summary>
    public CoresetOptions With(ulong seed, int threads, SearchAccelerator? accelerator) => new(
        Fraction, Count, Method, CoveringRadius, ProjectionDimension, seed, Starts, Projection, AnchorCount, threads)
    {
        Maximum = Maximum,
        Accelerator = accelerator,
    };

    /// <summary>The same options with another <see cref="Maximum"/>.</summary>
    /// <exception cref="SemiDefectException">It is below 1.</exception>
    public CoresetOptions With(int maximum) => new(
        Fraction, Count, Method, CoveringRadius, ProjectionDimension, Seed, Starts, Projection, AnchorCount, Threads)
    {
        Maximum = maximum,
        Accelerator = Accelerator,
    };

    private static void Refuse(bool impossible, string message)
    {
        if (impossible)
        {
            throw new SemiDefectException(message);
        }
    }
}
