using SemiDefect.Anomaly.Search.Neighbors;
using SemiDefect.Anomaly.Search.Numerics;
using SemiDefect.Anomaly.Search.Threading;

namespace SemiDefect.Anomaly.Search.Coresets;

/// <summary>
/// Selects a coreset: a subset of rows that represents all rows. Distances are squared Euclidean in float64
/// (<see cref="ExactDistance"/>) and ties go to the lowest row, so the picks are the same on every machine and for any
/// number of threads. Stateless.
/// </summary>
public static class Coreset
{
    /// <summary>Selects rows of <paramref name="features"/>.</summary>
    /// <param name="features">One row per patch, at least one; all values finite. Neither changed nor disposed.</param>
    /// <param name="options">The size of the coreset and the method.</param>
    /// <param name="progress">Receives progress reports, on the calling thread.</param>
    /// <param name="cancellationToken">Stops the selection between picks.</param>
    /// <exception cref="ArgumentException">There are no rows, or a row holds NaN or infinity.</exception>
    /// <exception cref="SemiDefectException">
    /// A start row does not exist, or the projection does not match the features.
    /// </exception>
    /// <exception cref="OperationCanceledException">The operation was canceled.</exception>
    public static CoresetSelection Select(
        FeatureMatrix features,
        CoresetOptions options,
        IProgress<CoresetProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (IsExact(options))
        {
            using var session = CoresetSession.Start(features, options, progress, cancellationToken);
            return session.Selection;
        }

        int[] picks = PickInexactly(features, options, progress, cancellationToken);
        return new CoresetSelection(picks, CoveringRadius(features, picks, options.Threads, cancellationToken));
    }

    /// <summary>Whether the options ask for exact selection in the original feature space.</summary>
    internal static bool IsExact(CoresetOptions options) =>
        options.Method == CoresetMethod.Exact && options.Projection is null && options.ProjectionDimension is null;

    /// <summary>Picks rows by the approximate method or in a projected space.</summary>
    internal static int[] PickInexactly(
        FeatureMatrix features,
        CoresetOptions options,
        IProgress<CoresetProgress>? progress,
        CancellationToken cancellationToken)
    {
        float largest = SearchArguments.CheckBank(features, default, options.Threads);
        int threads = ThreadCount.Resolve(options.Threads);
        int[]? starts = CheckStarts(features, options);
        using FeatureMatrix? reduced = Reduce(features, options, threads, cancellationToken);
        FeatureMatrix space = reduced ?? features;
        var limits = new GreedyLimits(options.TargetCount(features.Rows), options.CoveringRadius ?? 0);
        using var greedy = new GreedyKCenter(
            space,
            reduced is null ? largest : Magnitude.Largest(reduced, threads),
            threads,
            cancellationToken,
            accelerator: options.Accelerator);
        if (options.Method == CoresetMethod.Approximate)
        {
            greedy.SetInitialDistances(
                GreedyStart.MeanDistanceToAnchors(
                    space, starts ?? DrawAnchors(features.Rows, options), threads, cancellationToken));
            starts = [];
        }

        starts ??= [GreedyStart.FarthestFromMean(space, threads, cancellationToken)];
        return greedy.Run(starts, limits, new ProgressReport(progress, limits.Count));
    }

    /// <summary>
    /// Continues an exact greedy selection that was started on other rows: the result is the same as if the rows picked
    /// there had been the first picks here.
    /// </summary>
    /// <param name="features">The rows to pick from, all values finite.</param>
    /// <param name="squaredDistances">Each row's squared distance to the nearest row picked before.</param>
    /// <param name="limits">The maximum number of further picks, and the radius at which to stop.</param>
    /// <param name="threads">Number of threads; 0 for one per processor.</param>
    /// <param name="progress">Receives progress reports, on the calling thread.</param>
    /// <param name="cancellationToken">Stops the selection between picks.</param>
    public static CoresetSelection Continue(
        FeatureMatrix features,
        double[] squaredDistances,
        GreedyLimits limits,
        int threads,
        IProgress<CoresetProgress>? progress,
        CancellationToken cancellationToken)
    {
        float largest = SearchArguments.CheckBank(features, default, threads);
        if (Math.Sqrt(squaredDistances.Max()) <= limits.Radius)
        {
            return new CoresetSelection([], Math.Sqrt(squaredDistances.Max()));
        }

        using var greedy = new GreedyKCenter(
            features, largest, ThreadCount.Resolve(threads), cancellationToken);
        greedy.SetInitialDistances(squaredDistances);
        int[] picks = greedy.Run([], limits, new ProgressReport(progress, limits.Count));
        return new CoresetSelection(picks, Math.Sqrt(greedy.LargestSquaredDistance));
    }

    /// <summary>
    /// The largest Euclidean distance from any row of <paramref name="features"/> to its nearest picked row.
    /// </summary>
    /// <exception cref="ArgumentException">There are no rows or picks, or a row holds NaN or infinity.</exception>
    public static double CoveringRadius(
        FeatureMatrix features,
        ReadOnlySpan<int> picks,
        int threads = 0,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(features);
        double[] distances = new double[features.Rows];
        MeasureToPicks(features, picks, threads, distances, new int[features.Rows], cancellationToken);
        return Math.Sqrt(distances.Max());
    }

    /// <summary>
    /// Finds each row's nearest pick (the first one, if several are equally near) and its squared distance.
    /// </summary>
    internal static void MeasureToPicks(
        FeatureMatrix features,
        ReadOnlySpan<int> picks,
        int threads,
        double[] squaredDistances,
        int[] nearestPicks,
        CancellationToken cancellationToken)
    {
        const int Block = 4096;
        using FeatureMatrix bank = features.Gather(picks);
        using var search = new PrefixNearestNeighbors(bank, default, threads, cancellationToken);
        for (int start = 0; start < features.Rows; start += Block)
        {
            int count = Math.Min(Block, features.Rows - start);
            Span<int> nearest = nearestPicks.AsSpan(start, count);
            search.Search(
                features.RowBlock(start, count),
                1,
                squaredDistances.AsSpan(start, count),
                nearest,
                BankFilter.All,
                cancellationToken);
            foreach (ref int pick in nearest)
            {
                pick = picks[pick];
            }
        }
    }

    internal static int[]? CheckStarts(FeatureMatrix features, CoresetOptions options)
    {
        foreach (int start in options.Starts ?? [])
        {
            if ((uint)start >= (uint)features.Rows)
            {
                throw new SemiDefectException(
                    $"Start row {start} of the coreset is not among the {features.Rows} rows.");
            }
        }

        return options.Starts?.ToArray();
    }

    private static FeatureMatrix? Reduce(
        FeatureMatrix features,
        CoresetOptions options,
        int threads,
        CancellationToken cancellationToken)
    {
        if (options.Projection is not null)
        {
            return RandomProjection.Apply(features, options.Projection, threads, cancellationToken);
        }

        if (options.ProjectionDimension is not int dimension)
        {
            return null;
        }

        using FeatureMatrix projection = RandomProjection.Draw(dimension, features.Columns, options.Seed);
        return RandomProjection.Apply(features, projection, threads, cancellationToken);
    }

    private static int[] DrawAnchors(int rows, CoresetOptions options)
    {
        // A sequence of its own, so that the anchors do not depend on whether a projection was drawn.
        var generator = new SeededGenerator(options.Seed ^ 0xA5A5_5A5A_0F0F_F0F0);
        var anchors = new List<int>();
        while (anchors.Count < Math.Min(options.AnchorCount, rows))
        {
            int candidate = generator.NextInt32(rows);
            if (!anchors.Contains(candidate))
            {
                anchors.Add(candidate);
            }
        }

        return [.. anchors];
    }
}
