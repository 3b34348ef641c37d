using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using SemiDefect.Anomaly.Search.Kernels;
using SemiDefect.Anomaly.Search.Numerics;
using SemiDefect.Anomaly.Search.Threading;

namespace SemiDefect.Anomaly.Search.Neighbors;

/// <summary>
/// The index behind <see cref="PrefixNearestNeighbors"/>: a <see cref="BlockIndex"/>, integer short codes and norms for
/// the kernels, and the center of each block to choose where a search starts. Thread-safe after construction; does not
/// own the bank. Memory: 610 bytes per row, or 640 from <see cref="LargeBank"/> rows on, plus about 1 MiB per thread
/// that has searched (2 MiB if it needed the dense kernel).
/// </summary>
internal sealed unsafe class PrefixIndex : IDisposable
{
    /// <summary>
    /// Splits (a + b)^2 into a^2 (1 + this) + b^2 (1 + 1 / this), so that the row's part can be subtracted from its
    /// norm in advance. See docs/exact-search.md.
    /// </summary>
    public const double Split = 1e-4;

    /// <summary>
    /// From this many rows on, longer short codes pay off: they cost more to compare and discard more.
    /// </summary>
    public const int LargeBank = 16384;

    private const double Unit = 1.0 / (1 << 24);

    private readonly ConcurrentBag<PrefixSearchScratch> _scratches = [];
    private readonly AlignedBuffer<float> _norms;
    private readonly AlignedBuffer<float> _denseNorms;
    private readonly AlignedBuffer<float> _blockSlacks;
    private readonly AlignedBuffer<short> _panels;
    private readonly AlignedBuffer<short> _middles;
    private readonly AlignedBuffer<float> _middleNorms;

    private PrefixIndex(BlockIndex blocks)
    {
        Blocks = blocks;
        QueryEmbedding = new QueryEmbedding(blocks.Embedding);
        Rounding = CodeRounding.For(blocks.Lengths);
        MiddleBlocks = (blocks.Blocks + BlockKernel.BlockRows - 1) / BlockKernel.BlockRows;
        _norms = Infinities((long)blocks.Blocks * BlockKernel.BlockRows);
        _denseNorms = Infinities((long)blocks.Blocks * BlockKernel.BlockRows);
        _blockSlacks = new AlignedBuffer<float>((long)blocks.Groups * BlockKernel.GroupBlocks);
        _panels = new AlignedBuffer<short>((long)blocks.Blocks * BlockKernel.BlockRows * blocks.ShortWidth);
        _middles = new AlignedBuffer<short>((long)MiddleBlocks * BlockKernel.BlockRows * blocks.ShortWidth);
        _middleNorms = Infinities((long)MiddleBlocks * BlockKernel.BlockRows);
    }

    /// <summary>The bank.</summary>
    public FeatureMatrix Bank => Blocks.Rows;

    /// <summary>The embedding of rows.</summary>
    public PrefixEmbedding Embedding => Blocks.Embedding;

    /// <summary>The embedding of queries.</summary>
    public QueryEmbedding QueryEmbedding { get; }

    /// <summary>The codes of the bank.</summary>
    public BlockIndex Blocks { get; }

    /// <summary>How short codes are rounded to integers.</summary>
    public CodeRounding Rounding { get; }

    /// <summary>The largest error of rounding a row's short code to integers.</summary>
    public double RoundingError { get; private set; }

    /// <summary>The rounded short codes, in the layout of <see cref="PanelKernel"/>.</summary>
    public short* Panels => _panels.Data;

    /// <summary>By position, the lowered squared norms of the rounded short codes; infinity for padding.</summary>
    public float* Norms => _norms.Data;

    /// <summary>By row, the lowered squared norms of the vectors; infinity for padding.</summary>
    public float* DenseNorms => _denseNorms.Data;

    /// <summary>By block, what the looseness of its codes adds to a limit; lower than any limit for padding.</summary>
    public float* BlockSlacks => _blockSlacks.Data;

    /// <summary>The centers of the blocks, rounded and packed in blocks themselves.</summary>
    public short* Middles => _middles.Data;

    /// <summary>The squared norms of the block centers; infinity for padding.</summary>
    public float* MiddleNorms => _middleNorms.Data;

    /// <summary>The number of blocks of block centers.</summary>
    public int MiddleBlocks { get; }

    /// <summary>Indexes a bank whose values are all finite.</summary>
    public static PrefixIndex Build(
        FeatureMatrix bank,
        float largestMagnitude,
        int threads,
        CancellationToken cancellationToken)
    {
        int shortWidth = bank.Rows < LargeBank ? 32 : 48;
        var index = new PrefixIndex(
            BlockIndex.Build(
                bank, 2 * CodeKernel.Step, shortWidth, packs: false, largestMagnitude, threads, cancellationToken));
        try
        {
            double[] errors = new double[index.Blocks.Groups];
            WorkQueue.Run(
                index.Blocks.Groups, threads, group => errors[group] = index.SummarizeGroup(group), cancellationToken);
            index.RoundingError = errors.Max();
            return index;
        }
        catch
        {
            index.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Lowers a squared norm so that the sum of two of them minus twice a float32 inner product is a lower bound.
    /// </summary>
    public static double Lower(double square, int columns, double looseness) =>
        square * (1 - 2.2 * (columns + 8) * Unit - looseness * looseness * (1 + 1 / Split));

    /// <summary>What the looseness of a code adds to a limit on squared distances.</summary>
    public static float Extra(double slack) =>
        float.BitIncrement((float)(slack * slack * (1 + 1 / Split) * (1 + 1e-5)));

    /// <summary>
    /// Rents working memory for one thread; allocating it for every search would cost as much as a small search.
    /// </summary>
    public PrefixSearchScratch Rent(int k)
    {
        PrefixSearchScratch scratch = _scratches.TryTake(out PrefixSearchScratch? used)
            ? used
            : new PrefixSearchScratch(this);
        scratch.Reserve(k);
        return scratch;
    }

    /// <summary>Returns working memory.</summary>
    public void Return(PrefixSearchScratch scratch) => _scratches.Add(scratch);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (PrefixSearchScratch scratch in _scratches)
        {
            scratch.Dispose();
        }

        QueryEmbedding.Dispose();
        Blocks.Dispose();
        _norms.Dispose();
        _denseNorms.Dispose();
        _blockSlacks.Dispose();
        _panels.Dispose();
        _middles.Dispose();
        _middleNorms.Dispose();
    }

    private static AlignedBuffer<float> Infinities(long length)
    {
        var buffer = new AlignedBuffer<float>(length);
        new Span<float>(buffer.Data, checked((int)length)).Fill(float.PositiveInfinity);
        return buffer;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private double SummarizeGroup(int group)
    {
        float* code = stackalloc float[Blocks.ShortWidth];
        short* rounded = stackalloc short[Blocks.ShortWidth];
        double largestError = 0;
        Span<double> sums = stackalloc double[Blocks.ShortWidth];
        for (int i = 0; i < BlockKernel.GroupBlocks; i++)
        {
            int block = group * BlockKernel.GroupBlocks + i;
            if (block >= Blocks.Blocks)
            {
                BlockSlacks[block] = float.NegativeInfinity;
                continue;
            }

            int first = block * BlockKernel.BlockRows;
            int end = Math.Min(first + BlockKernel.BlockRows, Bank.Rows);
            sums.Clear();
            double loosest = 0;
            for (int position = first; position < end; position++)
            {
                Blocks.CopyShortCode(position, code);
                double square = Rounding.Round(code, Blocks.ShortWidth, rounded, out double error);
                largestError = Math.Max(largestError, error);
                for (int column = 0; column < Blocks.ShortWidth; column++)
                {
                    int offset = PanelKernel.Offset(BlockKernel.BlockRows, position - first, column);
                    Panels[(long)first * Blocks.ShortWidth + offset] = rounded[column];
                    sums[column] += code[column];
                }

                double length = Blocks.Length(position);
                Norms[position] = (float)(Lower(square, Blocks.ShortWidth, 0) - Extra(Blocks.Slack(position)));
                DenseNorms[Blocks.Order[position]] =
                    (float)Lower(length * length * (1 - 3 * Unit), Bank.Columns, Embedding.Looseness);
                loosest = Math.Max(loosest, Blocks.Slack(position));
            }

            BlockSlacks[block] = Extra(loosest);
            SetMiddle(block, sums, end - first);
        }

        return largestError;
    }

    private void SetMiddle(int block, ReadOnlySpan<double> sums, int count)
    {
        float* middle = stackalloc float[Blocks.ShortWidth];
        short* rounded = stackalloc short[Blocks.ShortWidth];
        for (int column = 0; column < Blocks.ShortWidth; column++)
        {
            middle[column] = (float)(sums[column] / count);
        }

        MiddleNorms[block] = (float)Rounding.Round(middle, Blocks.ShortWidth, rounded, out _);
        short* packed = Middles + (long)(block / BlockKernel.BlockRows) * BlockKernel.BlockRows * Blocks.ShortWidth;
        for (int column = 0; column < Blocks.ShortWidth; column++)
        {
            packed[PanelKernel.Offset(BlockKernel.BlockRows, block % BlockKernel.BlockRows, column)] = rounded[column];
        }
    }
}
