using SemiDefect.Anomaly.Search.Kernels;
using SemiDefect.Anomaly.Search.Threading;

namespace SemiDefect.Anomaly.Search.Neighbors;

/// <summary>
/// The codes of the queries of one search, and an order in which similar queries share a tile: a block that matters to
/// one query of a tile must be processed for all of them. Memory: 24 bytes per query, and 4 per value of a code.
/// Thread-safe after construction.
/// </summary>
internal sealed unsafe class QueryCodes : IDisposable
{
    private readonly PrefixIndex _index;
    private readonly AlignedBuffer<float> _codes;
    private readonly AlignedBuffer<float> _rests;
    private readonly AlignedBuffer<double> _lengths;
    private readonly AlignedBuffer<double> _slacks;

    /// <summary>Embeds <paramref name="count"/> queries.</summary>
    /// <exception cref="ArgumentException">A query holds NaN or infinity.</exception>
    public QueryCodes(
        PrefixIndex index,
        float* queries,
        int count,
        int k,
        int threads,
        CancellationToken cancellationToken)
    {
        _index = index;
        int width = index.Blocks.Width;
        _codes = new AlignedBuffer<float>((long)count * width);
        _rests = new AlignedBuffer<float>(count);
        _lengths = new AlignedBuffer<double>(count);
        _slacks = new AlignedBuffer<double>(count);
        WorkQueue.Run(
            (count + QueryEmbedding.Rows - 1) / QueryEmbedding.Rows,
            threads,
            () => index.Rent(k),
            index.Return,
            (piece, scratch) =>
            {
                int first = piece * QueryEmbedding.Rows;
                index.QueryEmbedding.Map(
                    queries + (long)first * index.Bank.Columns,
                    Math.Min(QueryEmbedding.Rows, count - first),
                    scratch.Embedding,
                    Code(first),
                    _rests.Data + first,
                    _lengths.Data + first,
                    _slacks.Data + first);
            },
            cancellationToken);

        // A squared norm is finite in float64 if all values are finite float32.
        foreach (double length in new ReadOnlySpan<double>(_lengths.Data, count))
        {
            if (!double.IsFinite(length))
            {
                Dispose();
                throw SearchArguments.NotFinite();
            }
        }

        Order = SpatialOrder.Of(
            _codes.Data, width, BlockKernel.BoxDimensions, count, PanelKernel.TileQueries, threads, cancellationToken);
    }

    /// <summary>The queries in the order in which to search them.</summary>
    public int[] Order { get; }

    /// <summary>The long code of a query.</summary>
    public float* Code(int query) => _codes.Data + (long)query * _index.Blocks.Width;

    /// <summary>The norm of a query, scaled and centered.</summary>
    public double Length(int query) => _lengths.Data[query];

    /// <summary>The maximum distance of the codes of a query from their exact values.</summary>
    public double Slack(int query) => _slacks.Data[query];

    /// <summary>Writes a query's short code.</summary>
    public void CopyShortCode(int query, float* code)
    {
        int last = _index.Blocks.ShortWidth - 1;
        new ReadOnlySpan<float>(Code(query), last).CopyTo(new Span<float>(code, last));
        code[last] = _rests.Data[query];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _codes.Dispose();
        _rests.Dispose();
        _lengths.Dispose();
        _slacks.Dispose();
    }
}
