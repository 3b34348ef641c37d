using System.Numerics;
using System.Runtime.CompilerServices;
using SemiDefect.Anomaly.Search.Kernels;
using SemiDefect.Anomaly.Search.Neighbors;

namespace SemiDefect.Anomaly.Search.Coresets;

/// <summary>
/// Updates distances for a new pick. Several workers of one selection may run concurrently on different groups of
/// blocks; a single worker is not thread-safe.
/// </summary>
internal sealed unsafe class GreedyWorker : IDisposable
{
    private const int Capacity = 1024;

    private readonly BlockIndex _index;
    private readonly GreedyDistances _distances;
    private readonly AlignedBuffer<float> _shortCode;
    private readonly int[] _candidates = new int[Capacity];
    private readonly List<int> _changed = [];
    private readonly List<int> _lowered = [];
    private int _count;

    public GreedyWorker(BlockIndex index, GreedyDistances distances)
    {
        _index = index;
        _distances = distances;
        _shortCode = new AlignedBuffer<float>(index.ShortWidth);
    }

    /// <summary>
    /// Lowers the distances of all rows that are nearer to the pick (given by its position) than to any earlier pick,
    /// in the groups of blocks <paramref name="first"/>, first + <paramref name="step"/>, and so on. The stride spreads
    /// spatial neighbors over the workers.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Update(int pick, int first, int step)
    {
        float* code = _index.Code(pick);
        _index.CopyShortCode(pick, _shortCode.Data);
        float extra = PrefixIndex.Extra(_index.Slack(pick));
        for (int group = first; group < _index.Groups; group += step)
        {
            uint near = BlockKernel.NearBoxes(_index.Boxes(group), code, _distances.BlockLimits(group), extra);
            for (; near != 0; near &= near - 1)
            {
                Visit(group * BlockKernel.GroupBlocks + BitOperations.TrailingZeroCount(near), pick, code, extra);
            }
        }

        Finish(pick);
        _lowered.Clear();
    }

    /// <summary>
    /// The same for rows found by a filter: only those in the groups first, first + step, and so on are examined.
    /// </summary>
    public void Update(int pick, int first, int step, ReadOnlySpan<int> near)
    {
        foreach (int position in near)
        {
            if (position / (BlockKernel.BlockRows * BlockKernel.GroupBlocks) % step != first)
            {
                continue;
            }

            if (_count == Capacity)
            {
                Measure(pick);
            }

            _candidates[_count++] = position;
        }

        Finish(pick);
    }

    /// <summary>
    /// Moves the positions whose limits were lowered since the last call, and their new limits, to the lists.
    /// </summary>
    public void TakeLowered(List<int> positions, List<float> limits)
    {
        foreach (int position in _lowered)
        {
            positions.Add(position);
            limits.Add(_distances.Limits(position / BlockKernel.BlockRows)[position % BlockKernel.BlockRows]);
        }

        _lowered.Clear();
    }

    /// <inheritdoc/>
    public void Dispose() => _shortCode.Dispose();

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Visit(int block, int pick, float* code, float extra)
    {
        float* limits = _distances.Limits(block);
        uint near = BlockKernel.NearRows(_index.Block(block), _shortCode.Data, _index.ShortWidth, limits, extra);
        if (_count > Capacity - BlockKernel.BlockRows)
        {
            Measure(pick);
        }

        for (; near != 0; near &= near - 1)
        {
            int offset = BitOperations.TrailingZeroCount(near);
            int position = block * BlockKernel.BlockRows + offset;
            float bound = CodeKernel.SquaredDistance(code, _index.Code(position));
            if (bound < limits[offset] + extra)
            {
                _candidates[_count++] = position;
            }
        }
    }

    private void Finish(int pick)
    {
        Measure(pick);
        foreach (int block in _changed)
        {
            _distances.Summarize(block);
        }

        _changed.Clear();
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Measure(int pick)
    {
        int columns = _index.Rows.Columns;
        float* features = _index.Rows.Data;
        float* center = features + (long)_index.Order[pick] * columns;
        int* rows = stackalloc int[4];
        int* upcoming = stackalloc int[4];
        double* squares = stackalloc double[4];
        for (int i = 0; i < _count; i += 4)
        {
            int taken = Math.Min(4, _count - i);
            for (int j = 0; j < 4; j++)
            {
                rows[j] = _index.Order[_candidates[Math.Min(i + j, _count - 1)]];
                upcoming[j] = _index.Order[_candidates[Math.Min(i + j + 4, _count - 1)]];
            }

            ExactDistance.Squared(center, features, columns, rows, taken, upcoming, squares);
            for (int j = 0; j < taken; j++)
            {
                int position = _candidates[i + j];
                int block = position / BlockKernel.BlockRows;
                if (!_distances.Lower(position, squares[j], _index.Order[pick]))
                {
                    continue;
                }

                _lowered.Add(position);
                if (_changed.Count == 0 || _changed[^1] != block)
                {
                    _changed.Add(block);
                }
            }
        }

        _count = 0;
    }
}
