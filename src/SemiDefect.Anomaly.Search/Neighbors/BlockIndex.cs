using System.Runtime.CompilerServices;
using SemiDefect.Anomaly.Search.Kernels;
using SemiDefect.Anomaly.Search.Numerics;
using SemiDefect.Anomaly.Search.Threading;

namespace SemiDefect.Anomaly.Search.Neighbors;

/// <summary>
/// The images of all rows under a <see cref="PrefixEmbedding"/>, reordered so that neighbors in space are neighbors in
/// memory, in blocks of <see cref="BlockKernel.BlockRows"/> with a bounding box each. A row's place in that order is its
/// position. Thread-safe once made; does not own the rows. Memory per row: 24 bytes and 4 for
/// every number of a long image, and of a short one where those are packed.
/// </summary>
internal sealed unsafe class BlockIndex : IDisposable
{
    private const int RowsPerPiece = 192;
    private const int GroupFloats = 2 * BlockKernel.BoxDimensions * BlockKernel.GroupBlocks;

    private readonly AlignedBuffer<float> _images;
    private readonly AlignedBuffer<float> _rests;
    private readonly AlignedBuffer<float> _lengths;
    private readonly AlignedBuffer<float> _blocks;
    private readonly AlignedBuffer<float> _boxes;

    private BlockIndex(FeatureMatrix rows, PrefixEmbedding embedding, bool packs)
    {
        Rows = rows;
        Embedding = embedding;
        Width = embedding.Width;
        ShortWidth = embedding.ShortWidth;
        Blocks = (rows.Rows + BlockKernel.BlockRows - 1) / BlockKernel.BlockRows;
        Groups = (Blocks + BlockKernel.GroupBlocks - 1) / BlockKernel.GroupBlocks;
        _images = new AlignedBuffer<float>((long)rows.Rows * Width);
        _rests = new AlignedBuffer<float>(rows.Rows);
        _lengths = new AlignedBuffer<float>(rows.Rows);
        _blocks = new AlignedBuffer<float>(packs ? (long)Blocks * BlockKernel.BlockRows * ShortWidth : 0);
        _boxes = new AlignedBuffer<float>((long)Groups * GroupFloats);
    }

    /// <summary>The rows, in their own order.</summary>
    public FeatureMatrix Rows { get; }

    /// <summary>The map.</summary>
    public PrefixEmbedding Embedding { get; }

    /// <summary>Numbers in a long image.</summary>
    public int Width { get; }

    /// <summary>Numbers in a short image.</summary>
    public int ShortWidth { get; }

    /// <summary>The number of blocks of <see cref="BlockKernel.BlockRows"/> rows, the last perhaps not full.</summary>
    public int Blocks { get; }

    /// <summary>The number of groups of <see cref="BlockKernel.GroupBlocks"/> blocks, the last perhaps not full.</summary>
    public int Groups { get; }

    /// <summary>The row at each position.</summary>
    public int[] Order { get; private set; } = [];

    /// <summary>Maps all rows; they must be finite.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="width">Numbers in a long image.</param>
    /// <param name="shortWidth">Numbers in a short image.</param>
    /// <param name="packs">Whether <see cref="Block"/> will be wanted.</param>
    /// <param name="largestMagnitude">The largest magnitude among the rows' values.</param>
    /// <param name="threads">Threads to use.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public static BlockIndex Build(
        FeatureMatrix rows, int width, int shortWidth, bool packs, float largestMagnitude, int threads, CancellationToken cancellationToken)
    {
        PrefixEmbedding embedding = PrefixEmbedding.Fit(rows, width, shortWidth, largestMagnitude, threads, cancellationToken);
        var index = new BlockIndex(rows, embedding, packs);
        try
        {
            WorkQueue.Run(
                (rows.Rows + RowsPerPiece - 1) / RowsPerPiece,
                threads,
                () => new PrefixEmbedding.Scratch(rows.Columns, width),
                scratch => scratch.Dispose(),
                index.MapPiece,
                cancellationToken);
            index.Order = SpatialOrder.Of(index._images.Data, width, BlockKernel.BoxDimensions, rows.Rows, BlockKernel.BlockRows, threads, cancellationToken);
            Reorder(index._images.Data, width, index.Order);
            Reorder(index._rests.Data, 1, index.Order);
            Reorder(index._lengths.Data, 1, index.Order);
            WorkQueue.Run(index.Groups, threads, index.PackGroup, cancellationToken);
            return index;
        }
        catch
        {
            index.Dispose();
            throw;
        }
    }

    /// <summary>The long image at a position.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float* Image(int position) => _images.Data + (long)position * Width;

    /// <summary>The length of the scaled and centered vector at a position, rounded up.</summary>
    public float Length(int position) => _lengths.Data[position];

    /// <summary>How far the image at a position may be from where exact arithmetic would put it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public double Slack(int position) => Embedding.Looseness * _lengths.Data[position];

    /// <summary>The boxes of a group, as <see cref="BlockKernel.NearBoxes"/> takes them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float* Boxes(int group) => _boxes.Data + (long)group * GroupFloats;

    /// <summary>The length of every scaled and centered vector, by position, rounded up.</summary>
    public ReadOnlySpan<float> Lengths => new(_lengths.Data, Rows.Rows);

    /// <summary>A block's short images, where they were packed, as <see cref="BlockKernel.NearRows"/> takes them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float* Block(int block) => _blocks.Data + (long)block * BlockKernel.BlockRows * ShortWidth;

    /// <summary>Writes the short image at a position.</summary>
    public void CopyShortImage(int position, float* image)
    {
        new ReadOnlySpan<float>(Image(position), ShortWidth - 1).CopyTo(new Span<float>(image, ShortWidth));
        image[ShortWidth - 1] = _rests.Data[position];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Embedding.Dispose();
        _images.Dispose();
        _rests.Dispose();
        _lengths.Dispose();
        _blocks.Dispose();
        _boxes.Dispose();
    }

    /// <summary>Moves element order[i] to i for all i, along the cycles of the permutation.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Reorder(float* values, int width, int[] order)
    {
        bool[] moved = new bool[order.Length];
        float[] first = new float[width];
        for (int start = 0; start < order.Length; start++)
        {
            if (moved[start])
            {
                continue;
            }

            Row(start).CopyTo(first);
            int hole = start;
            for (int from = order[hole]; from != start; from = order[hole])
            {
                Row(from).CopyTo(Row(hole));
                moved[hole] = true;
                hole = from;
            }

            first.CopyTo(Row(hole));
            moved[hole] = true;
        }

        Span<float> Row(int i) => new(values + (long)i * width, width);
    }

    private void MapPiece(int piece, PrefixEmbedding.Scratch scratch)
    {
        int first = piece * RowsPerPiece;
        int count = Math.Min(RowsPerPiece, Rows.Rows - first);
        double* lengths = stackalloc double[RowsPerPiece];
        Embedding.Map(Rows.Data + (long)first * Rows.Columns, count, scratch, Image(first), _rests.Data + first, lengths);
        for (int i = 0; i < count; i++)
        {
            _lengths.Data[first + i] = float.BitIncrement((float)lengths[i]);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void PackGroup(int group)
    {
        float* image = stackalloc float[ShortWidth];
        int end = Math.Min(Blocks, (group + 1) * BlockKernel.GroupBlocks);
        for (int block = group * BlockKernel.GroupBlocks; block < end; block++)
        {
            float* box = Boxes(group) + block % BlockKernel.GroupBlocks;
            for (int i = 0; i < BlockKernel.BoxDimensions; i++)
            {
                box[2 * i * BlockKernel.GroupBlocks] = float.PositiveInfinity;
                box[(2 * i + 1) * BlockKernel.GroupBlocks] = float.NegativeInfinity;
            }

            int first = block * BlockKernel.BlockRows;
            int count = Math.Min(BlockKernel.BlockRows, Rows.Rows - first);
            for (int i = 0; i < count; i++)
            {
                CopyShortImage(first + i, image);
                for (int column = 0; column < ShortWidth && _blocks.Length > 0; column++)
                {
                    Block(block)[column * BlockKernel.BlockRows + i] = image[column];
                }

                for (int column = 0; column < BlockKernel.BoxDimensions; column++)
                {
                    ref float low = ref box[2 * column * BlockKernel.GroupBlocks];
                    ref float high = ref box[(2 * column + 1) * BlockKernel.GroupBlocks];
                    low = Math.Min(low, image[column]);
                    high = Math.Max(high, image[column]);
                }
            }
        }
    }
}
