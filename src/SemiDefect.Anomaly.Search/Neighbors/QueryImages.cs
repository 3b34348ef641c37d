using SemiDefect.Anomaly.Search.Kernels;
using SemiDefect.Anomaly.Search.Threading;

namespace SemiDefect.Anomaly.Search.Neighbors;

/// <summary>
/// The images of the queries of one search, and an order in which queries that are alike share a tile: blocks that matter
/// to one of a tile's queries have to be visited for all of them. Memory: 24 bytes per query, and 4 for every number of an image.
/// Thread-safe once made.
/// </summary>
internal sealed unsafe class QueryImages : IDisposable
{
    private readonly PrefixIndex _index;
    private readonly AlignedBuffer<float> _images;
    private readonly AlignedBuffer<float> _rests;
    private readonly AlignedBuffer<double> _lengths;
    private readonly AlignedBuffer<double> _slacks;

    /// <summary>Maps <paramref name="count"/> queries.</summary>
    /// <exception cref="ArgumentException">A query holds NaN or infinity.</exception>
    public QueryImages(PrefixIndex index, float* queries, int count, int k, int threads, CancellationToken cancellationToken)
    {
        _index = index;
        int width = index.Blocks.Width;
        _images = new AlignedBuffer<float>((long)count * width);
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
                    Image(first),
                    _rests.Data + first,
                    _lengths.Data + first,
                    _slacks.Data + first);
            },
            cancellationToken);

        // A squared length is finite in float64 if all values are in float32.
        foreach (double length in new ReadOnlySpan<double>(_lengths.Data, count))
        {
            if (!double.IsFinite(length))
            {
                Dispose();
                throw SearchArguments.NotFinite();
            }
        }

        Order = SpatialOrder.Of(_images.Data, width, BlockKernel.BoxDimensions, count, PanelKernel.TileQueries, threads, cancellationToken);
    }

    /// <summary>The queries in the order in which they are to be searched.</summary>
    public int[] Order { get; }

    /// <summary>The long image of a query.</summary>
    public float* Image(int query) => _images.Data + (long)query * _index.Blocks.Width;

    /// <summary>The length of a query, scaled and centered.</summary>
    public double Length(int query) => _lengths.Data[query];

    /// <summary>How far the images of a query may be from where exact arithmetic would put them.</summary>
    public double Slack(int query) => _slacks.Data[query];

    /// <summary>Writes a query's short image.</summary>
    public void CopyShortImage(int query, float* image)
    {
        int last = _index.Blocks.ShortWidth - 1;
        new ReadOnlySpan<float>(Image(query), last).CopyTo(new Span<float>(image, last));
        image[last] = _rests.Data[query];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _images.Dispose();
        _rests.Dispose();
        _lengths.Dispose();
        _slacks.Dispose();
    }
}
