using System.Runtime.CompilerServices;
using SemiDefect.Anomaly.Search.Kernels;
using SemiDefect.Anomaly.Search.Numerics;
using SemiDefect.Anomaly.Search.Threading;

namespace SemiDefect.Anomaly.Search.Neighbors;

/// <summary>
/// The codes of all rows under a <see cref="PrefixEmbedding"/>, reordered so that spatial neighbors are neighbors in
/// memory, in blocks of <see cref="BlockKernel.BlockRows"/> with a bounding box each. A row's index in that order is
/// its position. Thread-safe after construction; does not own the rows. Memory per row: 24 bytes, 4 per value of a long
/// code, and 4 per value of a short code if those are packed.
/// </summary>
internal sealed unsafe class BlockIndex : IDisposable
{
    private const int RowsPerPiece = 192;
    private const int GroupFloats = 2 * BlockKernel.BoxDimensions * BlockKernel.GroupBlocks;

    private readonly AlignedBuffer<float> _codes;
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
        _codes = new AlignedBuffer<float>((long)rows.Rows * Width);
        _rests = new AlignedBuffer<float>(rows.Rows);
        _lengths = new AlignedBuffer<float>(rows.Rows);
        _blocks = new AlignedBuffer<float>(packs ? (long)Blocks * BlockKernel.BlockRows * ShortWidth : 0);
        _boxes = new AlignedBuffer<float>((long)Groups * GroupFloats);
    }

    /// <summary>The rows, in their original order.</summary>
    public FeatureMatrix Rows { get; }

    /// <summary>The embedding.</summary>
    public PrefixEmbedding Embedding { get; }

    /// <summary>Length of a long code.</summary>
    public int Width { get; }

    /// <summary>Length of a short code.</summary>
    public int ShortWidth { get; }

    /// <summary>
    /// The number of blocks of <see cref="BlockKernel.BlockRows"/> rows; the last one may be partial.
    /// </summary>
    public int Blocks { get; }

    /// <summary>
    /// The number of groups of <see cref="BlockKernel.GroupBlocks"/> blocks; the last one may be partial.
    /// </summary>
    public int Groups { get; }

    /// <summary>The row at each position.</summary>
    public int[] Order { get; private set; } = [];

    /// <summary>Embeds and indexes all rows, which must be finite.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="width">Length of a long code.</param>
    /// <param name="shortWidth">Length of a short code.</param>
    /// <param name="packs">Whether to pack short codes for <see cref="Block"/>.</param>
    /// <param name="largestMagnitude">The largest magnitude among the rows' values.</param>
    /// <param name="threads">Number of threads.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public static BlockIndex Build(
        FeatureMatrix rows,
        int width,
        int shortWidth,
        bool packs,
        float largestMagnitude,
        int threads,
        CancellationToken cancellationToken)
    {
        PrefixEmbedding embedding =
            PrefixEmbedding.Fit(rows, width, shortWidth, largestMagnitude, threads, cancellationToken);
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
            index.Order = SpatialOrder.Of(
                index._codes.Data,
                width,
                BlockKernel.BoxDimensions,
                rows.Rows,
                BlockKernel.BlockRows,
                threads,
                cancellationToken);
            Reorder(index._codes.Data, width, index.Order);
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

    /// <summary>The long code at a position.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float* Code(int position) => _codes.Data + (long)position * Width;

    /// <summary>The norm of the scaled and centered vector at a position, rounded up.</summary>
    public float Length(int position) => _lengths.Data[position];

    /// <summary>The maximum distance of the code at a position from its exact value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public double Slack(int position) => Embedding.Looseness * _lengths.Data[position];

    /// <summary>The boxes of a group, in the layout of <see cref="BlockKernel.NearBoxes"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float* Boxes(int group) => _boxes.Data + (long)group * GroupFloats;

    /// <summary>The norm of every scaled and centered vector, by position, rounded up.</summary>
    public ReadOnlySpan<float> Lengths => new(_lengths.Data, Rows.Rows);

    /// <summary>
    /// A block's short codes, if they were packed, in the layout of <see cref="BlockKernel.NearRows"/>.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float* Block(int block) => _blocks.Data + (long)block * BlockKernel.BlockRows * ShortWidth;

    /// <summary>Writes the short code at a position.</summary>
    public void CopyShortCode(int position, float* code)
    {
        new ReadOnlySpan<float>(Code(position), ShortWidth - 1).CopyTo(new Span<float>(code, ShortWidth));
        code[ShortWidth - 1] = _rests.Data[position];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Embedding.Dispose();
        _codes.Dispose();
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
        Embedding.Map(
            Rows.Data + (long)first * Rows.Columns, count, scratch, Code(first), _rests.Data + first, lengths);
        for (int i = 0; i < count; i++)
        {
            _lengths.Data[first + i] = float.BitIncrement((float)lengths[i]);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void PackGroup(int group)
    {
        float* code = stackalloc float[ShortWidth];
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
                CopyShortCode(first + i, code);
                for (int column = 0; column < ShortWidth && _blocks.Length > 0; column++)
                {
                    Block(block)[column * BlockKernel.BlockRows + i] = code[column];
                }

                for (int column = 0; column < BlockKernel.BoxDimensions; column++)
                {
                    ref float low = ref box[2 * column * BlockKernel.GroupBlocks];
                    ref float high = ref box[(2 * column + 1) * BlockKernel.GroupBlocks];
                    low = Math.Min(low, code[column]);
                    high = Math.Max(high, code[column]);
                }
            }
        }
    }
}
