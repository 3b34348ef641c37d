using SemiDefect.Anomaly.Search.Neighbors;
using SemiDefect.Anomaly.Search.Numerics;

namespace SemiDefect.Anomaly.Search.Coresets;

/// <summary>
/// A selection that the exact greedy one can go on from, with other distances, without indexing the rows again. Does not own the rows.
/// Not thread-safe. Memory: the index of <see cref="GreedyKCenter"/>, about 450 bytes per row, until it is disposed of.
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

    /// <summary>What was picked first.</summary>
    public CoresetSelection Selection { get; private set; } = new([], 0);

    /// <summary>Each row's squared distance to the row of <see cref="Selection"/> nearest to it.</summary>
    public double[] SquaredDistances { get; }

    /// <summary>That row.</summary>
    public int[] NearestPicks { get; }

    /// <summary>Selects, as <see cref="Coreset.Select"/> does.</summary>
    public static CoresetSession Start(FeatureMatrix features, CoresetOptions options, IProgress<CoresetProgress>? progress, CancellationToken cancellationToken)
    {
        float largest = SearchArguments.CheckBank(features, default, options.Threads);
        int threads = SearchArguments.ResolveThreads(options.Threads);
        int[]? picks = Coreset.IsExact(options) ? null : Coreset.PickInexactly(features, options, progress, cancellationToken);
        var session = new CoresetSession(new GreedyKCenter(features, largest, threads, cancellationToken, accelerator: options.Accelerator), features.Rows);
        try
        {
            if (picks is null)
            {
                int[] starts = Coreset.CheckStarts(features, options) ?? [GreedyStart.FarthestFromMean(features, threads, cancellationToken)];
                var limits = new GreedyLimits(options.TargetCount(features.Rows), options.CoveringRadius ?? 0);
                picks = session._greedy.Run(starts, limits, new ProgressReport(progress, limits.Count));
                session._greedy.CopyDistances(session.SquaredDistances, session.NearestPicks);
            }
            else
            {
                Coreset.MeasureToPicks(features, picks, threads, session.SquaredDistances, session.NearestPicks, cancellationToken);
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

    /// <summary>Picks the farthest row again and again, each row having a squared distance to begin with.</summary>
    /// <returns>The rows picked; none if all are within the radius already.</returns>
    public int[] Continue(double[] squaredDistances, GreedyLimits limits)
    {
        if (Math.Sqrt(squaredDistances.Max()) <= limits.Radius)
        {
            return [];
        }

        _greedy.SetInitialDistances(squaredDistances);
        return _greedy.Run([], limits, new ProgressReport(null, limits.Count));
    }

    /// <summary>Lowers squared distances, one per row, to what they are with the rows of <paramref name="picks"/> added to what they were measured to.</summary>
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

    /// <summary>Gives the index back.</summary>
    public void Dispose() => _greedy.Dispose();
}
