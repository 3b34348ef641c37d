using SemiDefect.Anomaly.Search.Neighbors;
using SemiDefect.Anomaly.Search.Numerics;
using SemiDefect.Anomaly.Search.Threading;

namespace SemiDefect.Anomaly.Search.Coresets;

/// <summary>
/// A selection that can be continued by the exact greedy method, with other distances and without indexing the rows
/// again. Not thread-safe. The caller disposes it, which frees the index; the rows are not disposed. Memory until then:
/// the index of <see cref="GreedyKCenter"/>, about 450 bytes per row.
/// </summary>
public sealed class CoresetSession : IDisposable
{
    private readonly GreedyKCenter _greedy;

    private CoresetSession(GreedyKCenter greedy, int rows)
    {
        _greedy = greedy;
        SquaredDistances = new double[rows];
        NearestPicks = new int[rows];
    }

    /// <summary>The initial selection.</summary>
    public CoresetSelection Selection { get; private set; } = new([], 0);

    /// <summary>Each row's squared distance to its nearest row in <see cref="Selection"/>.</summary>
    public double[] SquaredDistances { get; }

    /// <summary>Each row's nearest row in <see cref="Selection"/>.</summary>
    public int[] NearestPicks { get; }

    /// <summary>Selects rows as <see cref="Coreset.Select"/> does.</summary>
    public static CoresetSession Start(
        FeatureMatrix features,
        CoresetOptions options,
        IProgress<CoresetProgress>? progress,
        CancellationToken cancellationToken)
    {
        float largest = SearchArguments.CheckBank(features, default, options.Threads);
        int threads = ThreadCount.Resolve(options.Threads);
        int[]? picks = Coreset.IsExact(options)
            ? null
            : Coreset.PickInexactly(features, options, progress, cancellationToken);
        var session = new CoresetSession(
            new GreedyKCenter(features, largest, threads, cancellationToken, accelerator: options.Accelerator),
            features.Rows);
        try
        {
            if (picks is null)
            {
                int[] starts = Coreset.CheckStarts(features, options)
                    ?? [GreedyStart.FarthestFromMean(features, threads, cancellationToken)];
                var limits = new GreedyLimits(options.TargetCount(features.Rows), options.CoveringRadius ?? 0);
                picks = session._greedy.Run(starts, limits, new ProgressReport(progress, limits.Count));
                session._greedy.CopyDistances(session.SquaredDistances, session.NearestPicks);
            }
            else
            {
                Coreset.MeasureToPicks(
                    features, picks, threads, session.SquaredDistances, session.NearestPicks, cancellationToken);
            }

            session.Selection = new CoresetSelection(picks, Math.Sqrt(session.SquaredDistances.Max()));
            return session;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <summary>Picks the farthest row repeatedly, starting from the given squared distance of each row.</summary>
    /// <returns>The rows picked; empty if all rows are within the radius already.</returns>
    public int[] Continue(double[] squaredDistances, GreedyLimits limits)
    {
        if (Math.Sqrt(squaredDistances.Max()) <= limits.Radius)
        {
            return [];
        }

        _greedy.SetInitialDistances(squaredDistances);
        return _greedy.Run([], limits, new ProgressReport(null, limits.Count));
    }

    /// <summary>
    /// Updates squared distances, one per row, for <paramref name="picks"/> added to the rows that they were measured
    /// to.
    /// </summary>
    public void Lower(double[] squaredDistances, int[] picks)
    {
        if (picks.Length == 0)
        {
            return;
        }

        _greedy.SetInitialDistances(squaredDistances);
        _greedy.Run(picks, new GreedyLimits(picks.Length, 0), new ProgressReport(null, picks.Length));
        _greedy.CopyDistances(squaredDistances, new int[squaredDistances.Length]);
    }

    /// <summary>Frees the index.</summary>
    public void Dispose() => _greedy.Dispose();
}
