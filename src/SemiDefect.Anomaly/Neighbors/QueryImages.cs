using SemiDefect.Anomaly.Neighbors.Kernels;

namespace SemiDefect.Anomaly.Neighbors;

/// <summary>
/// The images of the queries of one search, and an order in which queries that are alike share a tile: blocks that matter
/// to one of a tile's queries have to be visited for all of them. Memory: 16 bytes per query, and 4 for every number of an image.
/// Thread-safe once made.
/// </summary>
internal sealed unsafe class QueryImages : IDisposable
{
    private const int QueriesPerPiece = 48;

    private readonly PrefixIndex _index;
    private readonly AlignedBuffer<float> _images;
    private readonly AlignedBuffer<float> _rests;
    private readonly AlignedBuffer<double> _lengths;

    /// <summary>Maps <paramref name="count"/> queries.</summary>
    public QueryImages(PrefixIndex index, float* queries, int count, int k, int threads, CancellationToken cancellationToken)
    {
        _index = index;
        int width = index.Blocks.Width;
        _images = new AlignedBuffer<float>((long)count * width);
        _rests = new AlignedBuffer<float>(count);
        _lengths = new AlignedBuffer<double>(count);
        WorkQueue.Run(
            (count + QueriesPerPiece - 1) / QueriesPerPiece,
            threads,
            () => index.Rent(k),
            index.Return,
            (piece, scratch) =>
            {
                int first = piece * QueriesPerPiece;
                index.Embedding.Map(
                    queries + (long)first * index.Bank.Columns,
                    Math.Min(QueriesPerPiece, count - first),
                    scratch.Embedding,
                    Image(first),
                    _rests.Data + first,
                    _lengths.Data + first);
            },
            cancellationToken);
        Order = SpatialOrder.Of(_images.Data, width, BlockKernel.BoxDimensions, count, PanelKernel.TileQueries, threads, cancellationToken);
    }

    /// <summary>The queries in the order in which they are to be searched.</summary>
    public int[] Order { get; }

    /// <summary>The long image of a query.</summary>
    public float* Image(int query) => _images.Data + (long)query * _index.Blocks.Width;

    /// <summary>The length of a query, scaled and centered.</summary>
    public double Length(int query) => _lengths.Data[query];

    /// <summary>A number of a query's short image.</summary>
    public float ShortValue(int query, int column) =>
        column < _index.Blocks.ShortWidth - 1 ? Image(query)[column] : _rests.Data[query];

    /// <inheritdoc/>
    public void Dispose()
    {
        _images.Dispose();
        _rests.Dispose();
        _lengths.Dispose();
    }
}
