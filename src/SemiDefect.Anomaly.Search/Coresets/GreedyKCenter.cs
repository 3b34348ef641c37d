using System.Runtime.InteropServices;
using SemiDefect.Anomaly.Search.Kernels;
using SemiDefect.Anomaly.Search.Neighbors;
using SemiDefect.Anomaly.Search.Numerics;
using SemiDefect.Anomaly.Search.Threading;

namespace SemiDefect.Anomaly.Search.Coresets;

/// <summary>
/// Farthest-point selection that visits few rows. A new pick cannot affect a block of rows whose bounding box is
/// farther from it than any of its rows is from the earlier picks, nor a row whose code is. The remaining rows are
/// measured by <see cref="ExactDistance"/>, so the picks equal those of the naive loop; docs/exact-search.md has the
/// proof. Not thread-safe.
/// </summary>
internal sealed class GreedyKCenter : IDisposable
{
    /// <summary>Fewer blocks than this do not justify a thread: the threads synchronize after every pick.</summary>
    public const int BlocksPerWorker = 4096;

    private const int PiecesPerWorker = 4;
    private const int ShortWidth = 32;

    private readonly BlockIndex _index;
    private readonly GreedyDistances _distances;
    private readonly GreedyWorker[] _workers;
    private readonly CancellationToken _cancellationToken;
    private ICenterFilter? _filter;
    private ReadOnlyMemory<int> _near;
    private readonly List<int> _loweredPositions = [];
    private readonly List<float> _loweredLimits = [];

    /// <summary>Indexes the rows, which must be finite. An accelerator, if given, finds the rows near a pick.</summary>
    public GreedyKCenter(
        FeatureMatrix features,
        float largestMagnitude,
        int threads,
        CancellationToken cancellationToken,
        int blocksPerWorker = BlocksPerWorker,
        SearchAccelerator? accelerator = null)
    {
        _cancellationToken = cancellationToken;
        _index = BlockIndex.Build(
            features, CodeKernel.Step, ShortWidth, packs: true, largestMagnitude, threads, cancellationToken);
        _distances = new GreedyDistances(_index);
        _distances.Reset(null);
        int workers = Math.Clamp(_index.Blocks / blocksPerWorker, 1, threads);
        _workers = [.. Enumerable.Range(0, workers).Select(_ => new GreedyWorker(_index, _distances))];
        _filter = accelerator?.CreateCenterFilter(_index);
    }

    /// <summary>
    /// The largest squared distance of a row, taking the picks and the initial distances into account.
    /// </summary>
    public double LargestSquaredDistance => _distances.Farthest().SquaredDistance;

    /// <summary>Writes, by row, each row's squared distance to the picks and its nearest pick.</summary>
    public void CopyDistances(double[] squaredDistances, int[] nearestPicks) =>
        _distances.CopyTo(squaredDistances, nearestPicks);

    /// <summary>Sets the initial squared distances, as if they came from earlier picks.</summary>
    public void SetInitialDistances(double[] squaredDistances) => _distances.Reset(squaredDistances);

    /// <summary>Picks the start rows, and then the farthest row repeatedly.</summary>
    /// <exception cref="OperationCanceledException">The operation was canceled.</exception>
    public int[] Run(int[] starts, GreedyLimits limits, ProgressReport report)
    {
        var picks = new List<int>();
        int pieces = _workers.Length == 1 ? 1 : _workers.Length * PiecesPerWorker;
        using var team = new StepTeam(_workers.Length, pieces, (worker, piece, pick) =>
        {
            if (_filter is null)
            {
                _workers[worker].Update(pick, piece, pieces);
            }
            else
            {
                _workers[worker].Update(pick, piece, pieces, _near.Span);
            }
        });
        if (_filter?.TryReset(_distances.AllLimits) == false)
        {
            DropFilter();
        }

        int[] positions = starts.Length == 0 ? [] : PositionsOfRows();
        while (picks.Count < limits.Count)
        {
            _cancellationToken.ThrowIfCancellationRequested();
            int position;
            if (picks.Count < starts.Length)
            {
                position = positions[starts[picks.Count]];
            }
            else
            {
                (double square, position) = _distances.Farthest();
                if (picks.Count > 0 && Math.Sqrt(square) <= limits.Radius)
                {
                    break;
                }
            }

            picks.Add(_index.Order[position]);
            FindNear(position);
            team.Run(position);
            report.Picked(picks.Count);
        }

        return [.. picks];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        DropFilter();
        _index.Dispose();
        _distances.Dispose();
        foreach (GreedyWorker worker in _workers)
        {
            worker.Dispose();
        }
    }

    private int[] PositionsOfRows()
    {
        int[] positions = new int[_index.Order.Length];
        for (int position = 0; position < positions.Length; position++)
        {
            positions[_index.Order[position]] = position;
        }

        return positions;
    }

    /// <summary>
    /// Lets the filter, if there is one, find the rows near the pick. If the filter fails, the workers find them.
    /// </summary>
    private void FindNear(int pick)
    {
        if (_filter is null)
        {
            return;
        }

        _loweredPositions.Clear();
        _loweredLimits.Clear();
        foreach (GreedyWorker worker in _workers)
        {
            worker.TakeLowered(_loweredPositions, _loweredLimits);
        }

        float extra = PrefixIndex.Extra(_index.Slack(pick));
        if (!_filter.TryFindNear(
            pick,
            extra,
            CollectionsMarshal.AsSpan(_loweredPositions),
            CollectionsMarshal.AsSpan(_loweredLimits),
            out _near))
        {
            DropFilter();
        }
    }

    private void DropFilter()
    {
        _filter?.Dispose();
        _filter = null;
    }
}
