using System.Globalization;
using SemiDefect.Anomaly.Calibration;
using SemiDefect.Anomaly.Search.Coresets;

namespace SemiDefect.Anomaly.Banks;

/// <summary>
/// Selects banks from more rows than fit into memory. The images of each fold are reduced in pieces, once, and every
/// bank is selected from the rows that the pieces kept (composable coresets: Malkomes et al., Fast distributed k-center
/// clustering with outliers, NIPS 2015). If no row is farther than r from the rows kept by its piece, and none of these
/// is farther than s from the bank, then no row is farther than r + s from the bank; this sum is the covering radius.
/// Memory: one piece and twice the rows of the bank; if only a covering radius limits the bank, the pieces may keep as
/// many rows as one piece has.
/// </summary>
internal sealed class PiecewiseBankSource : IBankSource
{
    // Each piece keeps twice its share of the bank, which makes up for what a piece does not know of the others.
    private const int Surplus = 2;

    private readonly TrainingFeatures _features;
    private readonly FoldAssignment _folds;
    private readonly CoresetOptions _options;
    private readonly int _rowsAtOnce;
    private readonly IReadOnlyList<int[]>[] _piecesByFold;
    private readonly List<MemoryBank>[] _kept;
    private double _pieceRadius;

    /// <summary>
    /// Plans pieces of at most <paramref name="rowsAtOnce"/> rows (or of one image); selects nothing yet.
    /// </summary>
    public PiecewiseBankSource(TrainingFeatures features, FoldAssignment folds, CoresetOptions options, int rowsAtOnce)
    {
        _features = features;
        _folds = folds;
        _options = options;
        _rowsAtOnce = rowsAtOnce;
        _piecesByFold = [.. Enumerable.Range(0, folds.Count).Select(fold => Split(folds.Members(fold), rowsAtOnce))];
        _kept = [.. _piecesByFold.Select(_ => new List<MemoryBank>())];
    }

    /// <inheritdoc/>
    public int? Pieces => _piecesByFold.Sum(pieces => pieces.Count);

    /// <inheritdoc/>
    public SelectedBank SelectAll(IProgress<CoresetProgress>? progress, CancellationToken cancellationToken) =>
        Select(
            _kept.SelectMany(banks => banks), Enumerable.Range(0, _features.Images.Count), progress, cancellationToken);

    /// <inheritdoc/>
    public SelectedBank SelectWithout(
        int fold,
        IProgress<CoresetProgress>? progress,
        CancellationToken cancellationToken) =>
        Select(
            _kept.Where((_, i) => i != fold).SelectMany(banks => banks),
            _folds.Others(fold),
            progress,
            cancellationToken);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (MemoryBank bank in _kept.SelectMany(banks => banks))
        {
            bank.Dispose();
        }
    }

    private SelectedBank Select(
        IEnumerable<MemoryBank> kept,
        IEnumerable<int> images,
        IProgress<CoresetProgress>? progress,
        CancellationToken cancellationToken)
    {
        int target = _options.TargetCount(images.Sum(image => _features.Images[image].Count));
        var work = new PieceProgress(progress);
        ReducePieces(work, target, cancellationToken);
        using MemoryBank union = MemoryBank.Join([.. kept]);
        work.Begin(target);
        SelectedBank selected = union.Reduce(_options.ForPart(target), work, cancellationToken);
        return selected with { CoveringRadius = _pieceRadius + selected.CoveringRadius };
    }

    private void ReducePieces(PieceProgress work, int target, CancellationToken cancellationToken)
    {
        if (_kept.Any(banks => banks.Count > 0))
        {
            return;
        }

        int whole = _options.TargetCount(_features.Rows);
        work.Expect(Surplus * whole + target);
        for (int fold = 0; fold < _kept.Length; fold++)
        {
            foreach (int[] piece in _piecesByFold[fold])
            {
                using TrainingFeatures rows = _features.Subset(piece);
                long share = (long)Surplus * whole * rows.Rows / _features.Rows + 1;
                int count = (int)Math.Min(Math.Min(share, whole), rows.Rows);
                work.Begin(count);
                SelectedBank selected = rows.SelectBank(_options.ForPart(count), piece, work, cancellationToken);
                _kept[fold].Add(selected.Bank);
                RequireRoom();
                _pieceRadius = Math.Max(_pieceRadius, selected.CoveringRadius);
            }
        }
    }

    // A bank of fixed size was checked beforehand; the number of rows for a covering radius is only known here.
    private void RequireRoom()
    {
        MemoryBank[] kept = [.. _kept.SelectMany(banks => banks)];
        if (_options is { Fraction: null, Count: null } && kept.Sum(bank => (long)bank.Vectors.Rows) > _rowsAtOnce)
        {
            throw new SemiDefectException(
                $"After {kept.Length} of {Pieces} pieces of the features, a covering radius of "
                    + $"{_options.CoveringRadius!.Value.ToString("R", CultureInfo.InvariantCulture)} keeps more "
                    + $"patches than the memory allowed holds: ask for a larger radius (--coreset-radius), limit the "
                    + $"bank's size as well (--coreset), or allow more memory (--max-memory).");
        }
    }

    private List<int[]> Split(int[] images, int rowsAtOnce)
    {
        var pieces = new List<int[]>();
        var piece = new List<int>();
        int rows = 0;
        foreach (int image in images)
        {
            int count = _features.Images[image].Count;
            if (piece.Count > 0 && rows + count > rowsAtOnce)
            {
                pieces.Add([.. piece]);
                piece.Clear();
                rows = 0;
            }

            piece.Add(image);
            rows += count;
        }

        pieces.Add([.. piece]);
        return pieces;
    }

    /// <summary>Reports several selections as one.</summary>
    private sealed class PieceProgress(IProgress<CoresetProgress>? progress) : IProgress<CoresetProgress>
    {
        private int _before;
        private int _current;
        private int _expected;

        public void Expect(int picks) => _expected = picks;

        public void Begin(int picks)
        {
            _before += _current;
            _current = picks;
        }

        public void Report(CoresetProgress value) =>
            progress?.Report(
                value with { Picks = _before + value.Picks, Target = Math.Max(_expected, _before + value.Target) });
    }
}
