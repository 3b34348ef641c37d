using System.Runtime.CompilerServices;
using SemiDefect.Anomaly.Search.Kernels;
using SemiDefect.Anomaly.Search.Neighbors;

namespace SemiDefect.Anomaly.Search.Coresets;

/// <summary>
/// Every row's squared distance to the picks so far, and the limits below which a bound must be for a new pick to
/// matter; stored by block, with each block's farthest row. Different threads may change different blocks. Memory: 16
/// bytes per row.
/// </summary>
internal sealed unsafe class GreedyDistances : IDisposable
{
    private readonly BlockIndex _index;
    private readonly AlignedBuffer<double> _squares;
    private readonly AlignedBuffer<float> _limits;
    private readonly AlignedBuffer<float> _blockLimits;
    private readonly AlignedBuffer<double> _blockSquares;
    private readonly AlignedBuffer<int> _blockPositions;
    private readonly AlignedBuffer<int> _nearestPicks;

    public GreedyDistances(BlockIndex index)
    {
        _index = index;
        long padded = (long)index.Blocks * BlockKernel.BlockRows;
        _squares = new AlignedBuffer<double>(padded);
        _limits = new AlignedBuffer<float>(padded);
        _blockLimits = new AlignedBuffer<float>((long)index.Groups * BlockKernel.GroupBlocks);
        _blockSquares = new AlignedBuffer<double>(index.Blocks);
        _blockPositions = new AlignedBuffer<int>(index.Blocks);
        _nearestPicks = new AlignedBuffer<int>(padded);

        // Padding rows and blocks are never near anything.
        new Span<float>(_limits.Data, (int)padded).Fill(float.NegativeInfinity);
        new Span<float>(_blockLimits.Data, (int)_blockLimits.Length).Fill(float.NegativeInfinity);
    }

    /// <summary>The limits of all rows by position, including the padding of the last block.</summary>
    public ReadOnlySpan<float> AllLimits => new(_limits.Data, (int)_limits.Length);

    /// <summary>The limits of the rows of a block, including padding.</summary>
    public float* Limits(int block) => _limits.Data + (long)block * BlockKernel.BlockRows;

    /// <summary>The largest limits of the blocks of a group, including padding.</summary>
    public float* BlockLimits(int group) => _blockLimits.Data + (long)group * BlockKernel.GroupBlocks;

    /// <summary>Sets every row's distance; null sets all to infinity.</summary>
    public void Reset(double[]? squaredDistances)
    {
        for (int position = 0; position < _index.Order.Length; position++)
        {
            _squares.Data[position] = squaredDistances is null
                ? double.PositiveInfinity
                : squaredDistances[_index.Order[position]];
            _nearestPicks.Data[position] = -1;
            SetLimit(position);
        }

        for (int block = 0; block < _index.Blocks; block++)
        {
            Summarize(block);
        }
    }

    /// <summary>
    /// Writes, by row, each row's squared distance and the first pick at that distance, or -1 if no pick has come
    /// nearer than the initial distance.
    /// </summary>
    public void CopyTo(double[] squaredDistances, int[] nearestPicks)
    {
        for (int position = 0; position < _index.Order.Length; position++)
        {
            squaredDistances[_index.Order[position]] = _squares.Data[position];
            nearestPicks[_index.Order[position]] = _nearestPicks.Data[position];
        }
    }

    /// <summary>Accepts a measured distance to the pick in row <paramref name="pick"/>.</summary>
    /// <returns>Whether it is smaller than the current distance; if so, the block must be summarized.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool Lower(int position, double squaredDistance, int pick)
    {
        if (squaredDistance >= _squares.Data[position])
        {
            return false;
        }

        _squares.Data[position] = squaredDistance;
        _nearestPicks.Data[position] = pick;
        SetLimit(position);
        return true;
    }

    /// <summary>Finds a block's farthest row (ties go to the lowest) and its largest limit.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Summarize(int block)
    {
        int first = block * BlockKernel.BlockRows;
        int end = Math.Min(first + BlockKernel.BlockRows, _index.Order.Length);
        double largest = -1;
        int farthest = first;
        float limit = float.NegativeInfinity;
        for (int position = first; position < end; position++)
        {
            double square = _squares.Data[position];
            if (square > largest || (square == largest && _index.Order[position] < _index.Order[farthest]))
            {
                largest = square;
                farthest = position;
            }

            limit = Math.Max(limit, _limits.Data[position]);
        }

        _blockSquares.Data[block] = largest;
        _blockPositions.Data[block] = farthest;
        _blockLimits.Data[block] = limit;
    }

    /// <summary>The position of the farthest row of all; ties go to the lowest row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public (double SquaredDistance, int Position) Farthest()
    {
        double largest = -1;
        int farthest = 0;
        for (int block = 0; block < _index.Blocks; block++)
        {
            double square = _blockSquares.Data[block];
            int position = _blockPositions.Data[block];
            if (square > largest || (square == largest && _index.Order[position] < _index.Order[farthest]))
            {
                largest = square;
                farthest = position;
            }
        }

        return (largest, farthest);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _squares.Dispose();
        _limits.Dispose();
        _blockLimits.Dispose();
        _blockSquares.Dispose();
        _blockPositions.Dispose();
        _nearestPicks.Dispose();
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void SetLimit(int position)
    {
        double reach = _index.Embedding.Scale * Math.Sqrt(_squares.Data[position]) + _index.Slack(position);
        _limits.Data[position] =
            float.BitIncrement((float)(reach * reach * (1 + PrefixIndex.Split) * (1 + 1e-5) + 1e-35));
    }
}
