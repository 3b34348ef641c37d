using SemiDefect.Anomaly.Calibration;
using SemiDefect.Anomaly.Search.Coresets;
using SemiDefect.Anomaly.Search.Neighbors;
using SemiDefect.Anomaly.Search.Numerics;

namespace SemiDefect.Anomaly.Banks;

/// <summary>
/// Adapts the final bank so that it scores as one that never saw a fold: the fold's rows are excluded, and the greedy
/// selection continues among the patches of the other folds until these lie within the final bank's covering radius
/// again. Patches that were close to an excluded row are then covered by a similar one, and nothing is selected twice.
/// Not thread-safe. Memory: 24 bytes per patch.
/// </summary>
internal sealed class BankRepairer
{
    private const int RowsAtOnce = 4096;

    private readonly CoresetSession _session;
    private readonly int _mostPicks;
    private readonly int[] _foldOfRow;
    private readonly int[] _nearestFold;
    private readonly double[] _withoutNearestFold;
    private readonly double[] _distances;

    /// <summary>Computes each patch's distance to the bank without the fold of its nearest row.</summary>
    /// <param name="features">The patches, in memory.</param>
    /// <param name="folds">The fold of each image.</param>
    /// <param name="session">The selection that produced the bank.</param>
    /// <param name="model">The bank, its rows grouped by fold; every fold leaves at least one row.</param>
    /// <param name="cancellationToken">Stops the search.</param>
    public BankRepairer(
        TrainingFeatures features,
        FoldAssignment folds,
        CoresetSession session,
        MemoryBankModel model,
        CancellationToken cancellationToken)
    {
        _session = session;
        _mostPicks = model.Bank.Vectors.Rows;
        _foldOfRow = new int[features.Rows];
        for (int image = 0; image < features.Images.Count; image++)
        {
            _foldOfRow.AsSpan(features.Images[image].FirstRow, features.Images[image].Count).Fill(folds[image]);
        }

        _nearestFold = [.. session.NearestPicks.Select(pick => _foldOfRow[pick])];
        _withoutNearestFold = new double[features.Rows];
        _distances = new double[features.Rows];

        // A single buffer: allocating costs more than copying.
        using FeatureMatrix buffer = FeatureMatrix.Allocate(Math.Min(RowsAtOnce, features.Rows), features.Columns);
        double[] distances = new double[buffer.Rows];
        for (int fold = 0; fold < folds.Count; fold++)
        {
            int[] rows = [.. Enumerable.Range(0, features.Rows).Where(row => _nearestFold[row] == fold)];
            foreach (int[] some in rows.Chunk(RowsAtOnce))
            {
                for (int i = 0; i < some.Length; i++)
                {
                    features.Matrix.Row(some[i]).CopyTo(buffer.Row(i));
                }

                model.NearestSquaredDistances(
                    buffer.RowBlock(0, some.Length),
                    distances.AsSpan(0, some.Length),
                    BankFilter.Without(fold),
                    cancellationToken);
                for (int i = 0; i < some.Length; i++)
                {
                    _withoutNearestFold[some[i]] = distances[i];
                }
            }
        }
    }

    /// <summary>Selects the patches that repair the bank without a fold; none of them belongs to that fold.</summary>
    public int[] Repair(int fold)
    {
        for (int row = 0; row < _distances.Length; row++)
        {
            // The fold's own patches must not influence the selection.
            _distances[row] = _foldOfRow[row] == fold ? 0 : Without(fold, row);
        }

        return _session.Continue(_distances, new GreedyLimits(_mostPicks, _session.Selection.CoveringRadius));
    }

    /// <summary>
    /// The squared distance of each patch of a fold to the bank repaired without that fold, by row. Valid until the
    /// next call.
    /// </summary>
    /// <param name="fold">The fold.</param>
    /// <param name="added">The result of <see cref="Repair"/> for the fold.</param>
    public double[] DistancesOf(int fold, int[] added)
    {
        for (int row = 0; row < _distances.Length; row++)
        {
            // The other rows are not needed; a distance of zero skips them.
            _distances[row] = _foldOfRow[row] == fold ? Without(fold, row) : 0;
        }

        _session.Lower(_distances, added);
        return _distances;
    }

    private double Without(int fold, int row) =>
        _nearestFold[row] == fold ? _withoutNearestFold[row] : _session.SquaredDistances[row];
}
