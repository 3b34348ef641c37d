using System.Runtime.CompilerServices;
using SemiDefect.Anomaly.Search.Kernels;

namespace SemiDefect.Anomaly.Search.Neighbors;

/// <summary>
/// The working memory of one thread of a <see cref="PrefixSearch"/>, reused between searches. Not thread-safe.
/// </summary>
internal sealed unsafe class PrefixSearchScratch : IDisposable
{
    /// <summary>Number of queries that share a pass over the bank by their codes.</summary>
    public static readonly int CodeQueries = 8 * PanelKernel.TileQueries;

    /// <summary>Number of queries that share a pass over the bank by the dense kernel.</summary>
    public const int DenseQueries = 192;

    /// <summary>Number of blocks whose bounds are kept at a time.</summary>
    public const int BatchBlocks = 64;

    /// <summary>Number of rows whose bounds are kept at a time.</summary>
    public const int BatchRows = BatchBlocks * BlockKernel.BlockRows;

    /// <summary>Number of rows whose dense bounds are computed before they are examined.</summary>
    public const int DenseChunkRows = 256;

    /// <summary>Number of rows that all groups of queries process while they are in the L2 cache.</summary>
    public const int DenseBlockRows = 64;

    // Estimates come from short codes; the best of these rows are compared by long codes before k of them are measured.
    private const int SpareSeeds = 4;

    // A few times the usual number, so that most queries measure once.
    private const int PendingRows = 16;
    private const int CandidateRows = 256;

    private readonly PrefixIndex _index;
    private readonly AlignedBuffer<short> _tiles;
    private readonly AlignedBuffer<float> _bounds;
    private readonly AlignedBuffer<int> _starts = new(BatchBlocks);
    private readonly float[] _centered;
    private AlignedBuffer<float>? _dense;
    private AlignedBuffer<int>? _seedPositions;
    private AlignedBuffer<float>? _seedEstimates;
    private AlignedBuffer<double>? _seedDistances;
    private int _k;

    public PrefixSearchScratch(PrefixIndex index)
    {
        _index = index;
        Embedding = new QueryEmbedding.Scratch(index.Bank.Columns, index.Blocks.Width);
        _tiles = new AlignedBuffer<short>((long)CodeQueries * index.Blocks.ShortWidth);
        _bounds = new AlignedBuffer<float>((long)BatchRows * PanelKernel.TileQueries);
        _centered = new float[index.Bank.Columns];
        States = new QueryState[Math.Max(CodeQueries, DenseQueries)];
    }

    /// <summary>One state per query.</summary>
    public QueryState[] States { get; }

    /// <summary>By query of a tile, the rows that may matter; empty between two batches.</summary>
    public Candidates[] Candidates { get; } =
        [.. Enumerable.Range(0, PanelKernel.TileQueries).Select(_ => new Candidates(CandidateRows))];

    /// <summary>By query, the rows that its code could not rule out.</summary>
    public Candidates[] Pending { get; } =
        [.. Enumerable.Range(0, CodeQueries).Select(_ => new Candidates(PendingRows))];

    /// <summary>The working memory of the query embedding.</summary>
    public QueryEmbedding.Scratch Embedding { get; }

    /// <summary>The first positions of the current blocks.</summary>
    public int* Starts => _starts.Data;

    /// <summary>The queries' rounded short codes, negated, in tiles.</summary>
    public short* Tiles => _tiles.Data;

    /// <summary>The bounds of a tile.</summary>
    public float* Bounds => _bounds.Data;

    /// <summary>The centered queries, packed for the dense kernel.</summary>
    public float* PackedQueries => Dense.Data;

    /// <summary>The center in float32.</summary>
    public float* Center => Dense.Data + (long)DenseQueries * _index.Bank.Columns;

    /// <summary>The dense bounds of all queries.</summary>
    public float* DenseBounds => Center + _index.Bank.Columns;

    private AlignedBuffer<float> Dense => _dense ??= AllocateDense();

    /// <summary>Makes room for searches of k rows.</summary>
    public void Reserve(int k)
    {
        if (_seedPositions is null || _k < k)
        {
            DisposeSeeds();
            long room = (long)States.Length * (k + SpareSeeds);
            _seedPositions = new AlignedBuffer<int>(room);
            _seedEstimates = new AlignedBuffer<float>(room);
            _seedDistances = new AlignedBuffer<double>(room);
        }

        _k = k;
    }

    /// <summary>An empty list for the first blocks to search.</summary>
    public SeedList NearBlocks(int i, int capacity) =>
        new(
            _seedPositions!.Data + (long)i * (_k + SpareSeeds),
            _seedEstimates!.Data + (long)i * (_k + SpareSeeds),
            null,
            Math.Min(capacity, _k + SpareSeeds));

    /// <summary>Packs a query at index <paramref name="i"/> of the tiles.</summary>
    /// <returns>The query's state; if the query is too long, a state that every row passes.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public QueryState Place(int i, QueryCodes codes, int query, float* vector, NearestList list)
    {
        int group = PanelKernel.TileQueries;
        int width = _index.Blocks.ShortWidth;
        short* tile = Tiles + i / group * group * width;
        float* code = stackalloc float[width];
        short* rounded = stackalloc short[width];
        codes.CopyShortCode(query, code);
        double square = _index.Rounding.Round(code, width, rounded, out double error);
        for (int column = 0; column < width; column++)
        {
            tile[PanelKernel.Offset(group, i % group, column)] = (short)-rounded[column];
        }

        bool tooLong = codes.Length(query) > QueryEmbedding.Longest;
        return new QueryState(
            _index,
            vector,
            tooLong ? null : codes.Code(query),
            codes.Slack(query),
            error + _index.RoundingError,
            tooLong ? double.NegativeInfinity : PrefixIndex.Lower(square, width, 0),
            _index.Blocks.Order,
            _k,
            double.PositiveInfinity,
            list,
            Seeds(i));
    }

    /// <summary>Centers a query and packs it for the dense kernel.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public QueryState CenterQuery(int i, float* query, double cap, NearestList list)
    {
        int columns = _index.Bank.Columns;
        int group = DenseKernel.GroupQueries;
        double square = 0;
        for (int column = 0; column < columns; column++)
        {
            float value = query[column] - Center[column];
            _centered[column] = value;
            square += (double)value * value;
        }

        DenseKernel.Pack(_centered, i % group, columns, PackedQueries + (long)i / group * group * columns);
        double looseness = _index.Embedding.Looseness;
        double lowered = PrefixIndex.Lower(square, columns, looseness);
        return new QueryState(
            _index, query, null, looseness * Math.Sqrt(square), 0, lowered, null, _k, cap, list, Seeds(i));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Embedding.Dispose();
        _tiles.Dispose();
        _bounds.Dispose();
        _starts.Dispose();
        Array.ForEach(Candidates, candidates => candidates.Dispose());
        Array.ForEach(Pending, pending => pending.Dispose());
        _dense?.Dispose();
        DisposeSeeds();
    }

    private SeedList Seeds(int i)
    {
        long offset = (long)i * (_k + SpareSeeds);
        return new SeedList(
            _seedPositions!.Data + offset,
            _seedEstimates!.Data + offset,
            _seedDistances!.Data + offset,
            _k + SpareSeeds);
    }

    private void DisposeSeeds()
    {
        _seedPositions?.Dispose();
        _seedEstimates?.Dispose();
        _seedDistances?.Dispose();
    }

    private AlignedBuffer<float> AllocateDense()
    {
        int columns = _index.Bank.Columns;
        var dense = new AlignedBuffer<float>((long)(DenseQueries + 1) * columns + (long)DenseQueries * DenseChunkRows);
        float* center = dense.Data + (long)DenseQueries * columns;
        for (int column = 0; column < columns; column++)
        {
            center[column] = (float)_index.Embedding.Center[column];
        }

        return dense;
    }
}
