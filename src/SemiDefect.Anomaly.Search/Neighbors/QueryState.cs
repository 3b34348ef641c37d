using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using SemiDefect.Anomaly.Search.Kernels;

namespace SemiDefect.Anomaly.Search.Neighbors;

/// <summary>
/// One query against one part of the bank: the rows found so far, and the bound below which a row may matter. Not
/// thread-safe.
/// </summary>
internal unsafe partial struct QueryState
{
    // In units of about a nanosecond: the cost of comparing a long code, of an exact distance, and of a dense bound per
    // row.
    private const long CodeCost = 15;
    private const long ExactCost = 150;
    private const long DenseCost = 12;

    private readonly PrefixIndex _index;
    private readonly float* _query;
    private readonly float* _code;
    private readonly double _looseness;
    private readonly double _rounding;
    private readonly double _loweredSquare;
    private readonly int[]? _order;
    private readonly int _k;
    private NearestList _list;
    private SeedList _seeds;
    private int _measuredSeeds;
    private int _seedsTaken;
    private double _cap;
    private double _reach;
    private float _threshold;
    private float _boxLimit;
    private long _budget;

    /// <summary>Starts a search.</summary>
    /// <param name="index">The bank.</param>
    /// <param name="query">The vector.</param>
    /// <param name="code">Its long code; null if bounds come from the dense kernel.</param>
    /// <param name="looseness">The maximum distance of the code from its exact value.</param>
    /// <param name="rounding">What rounding to integers adds to the distance used by the bounds.</param>
    /// <param name="loweredSquare">The query's part of every bound: its lowered squared norm.</param>
    /// <param name="order">The row at each position; null if positions are rows.</param>
    /// <param name="k">Number of neighbors.</param>
    /// <param name="cap">A squared distance that k rows of the whole bank are known not to exceed; infinity if none is
    /// known.</param>
    /// <param name="list">Receives the rows found.</param>
    /// <param name="seeds">Receives the seed rows; has room for at least k of them.</param>
    public QueryState(
        PrefixIndex index,
        float* query,
        float* code,
        double looseness,
        double rounding,
        double loweredSquare,
        int[]? order,
        int k,
        double cap,
        NearestList list,
        SeedList seeds)
    {
        _index = index;
        _query = query;
        _code = code;
        _looseness = looseness;
        _rounding = rounding;
        _loweredSquare = loweredSquare;
        _order = order;
        _k = k;
        _cap = cap;
        _list = list;
        _seeds = seeds;

        // Some patience with the bounds: a few near rows at the start do not mean that the bounds are weak.
        _budget = DenseCost * (256 + index.Bank.Rows / 16);
        Tighten();
    }

    /// <summary>A squared distance that k rows are known not to exceed; infinity before there are seeds.</summary>
    public readonly double Cap => _cap;

    /// <summary>
    /// The squared distance to a box below which a block may matter, apart from the block's own looseness.
    /// </summary>
    public readonly float BoxLimit => _boxLimit;

    /// <summary>
    /// Examines blocks of rows. <paramref name="bounds"/> are lower bounds of their squared distances, less the query's
    /// own part; infinity if a row is ignored.
    /// </summary>
    /// <param name="starts">The first position of each block of <see cref="BlockKernel.BlockRows"/>.</param>
    /// <param name="blocks">The number of blocks.</param>
    /// <param name="bounds">One per row, block after block.</param>
    /// <param name="covered">Number of rows that these blocks account for, including those ruled out by their
    /// boxes.</param>
    /// <param name="candidates">Receives the rows that may matter, to be passed to <see cref="Absorb"/>.</param>
    /// <param name="pending">As for <see cref="Absorb"/>.</param>
    /// <param name="mayGiveUp">Whether to stop if the bounds turn out to be too weak to be worthwhile.</param>
    /// <returns>False if it gave up; the list is then incomplete.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool Scan(
        int* starts,
        int blocks,
        float* bounds,
        int covered,
        Candidates candidates,
        Candidates? pending,
        bool mayGiveUp) =>
        Vector512.IsHardwareAccelerated
            ? Scan<Vector512<float>, Simd512>(starts, blocks, bounds, covered, candidates, pending, mayGiveUp)
        : Vector256.IsHardwareAccelerated
            ? Scan<Vector256<float>, Simd256>(starts, blocks, bounds, covered, candidates, pending, mayGiveUp)
        : Scan<Vector128<float>, Simd128>(starts, blocks, bounds, covered, candidates, pending, mayGiveUp);

    /// <summary>
    /// Measures candidates immediately, or compares their codes and keeps the remaining rows for later: the more there
    /// are to choose from, the fewer have to be measured.
    /// </summary>
    /// <param name="candidates">The rows; empty afterwards.</param>
    /// <param name="pending">Rows that the codes could not rule out, measured once there are many; not used without a
    /// code.</param>
    /// <param name="mayGiveUp">Whether it may give up.</param>
    /// <returns>False if it gave up.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool Absorb(Candidates candidates, Candidates? pending, bool mayGiveUp)
    {
        if (pending is null || _code is null)
        {
            TakeSeeds(candidates);
            candidates.Sort();
            return Measure(candidates, null, mayGiveUp);
        }

        Sift(candidates);
        TakeSeeds(candidates);
        for (int i = 0; i < candidates.Count; i++)
        {
            if (pending.Count == pending.Capacity)
            {
                pending.Sort();
                if (!Measure(pending, null, mayGiveUp))
                {
                    candidates.Count = 0;
                    return false;
                }
            }

            pending.Add(candidates.Positions[i], candidates.Bounds[i]);
        }

        candidates.Count = 0;
        return true;
    }

    /// <summary>Measures the candidates, most promising first, four at a time to keep the memory busy.</summary>
    /// <param name="candidates">The rows, sorted; empty afterwards.</param>
    /// <param name="following">Four rows that will be measured next, for prefetching; null if unknown.</param>
    /// <param name="mayGiveUp">Whether it may give up.</param>
    /// <returns>False if it gave up; the list is then incomplete.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool Measure(Candidates candidates, int* following, bool mayGiveUp)
    {
        double* distances = stackalloc double[4];
        int* rows = stackalloc int[4];
        int* upcoming = stackalloc int[4];
        for (int i = 0; i < candidates.Count;)
        {
            if (mayGiveUp && _budget < 0)
            {
                candidates.Count = 0;
                return false;
            }

            int taken = 0;
            for (; taken < 4 && i < candidates.Count; i++)
            {
                if (!IsBeyond(candidates.Positions[i], candidates.Bounds[i]))
                {
                    rows[taken++] = RowAt(candidates.Positions[i]);
                }
            }

            bool isLast = i == candidates.Count && following is not null;
            for (int j = 0; j < 4; j++)
            {
                upcoming[j] = isLast
                    ? following[j]
                    : RowAt(candidates.Positions[Math.Min(i + j, candidates.Count - 1)]);
            }

            ExactDistance.Squared(_query, _index.Bank.Data, _index.Bank.Columns, rows, taken, upcoming, distances);
            _budget -= ExactCost * taken;
            bool tighter = false;
            for (int j = 0; j < taken; j++)
            {
                tighter |= _list.Offer(distances[j], rows[j]);
            }

            if (tighter)
            {
                Tighten();
            }
        }

        candidates.Count = 0;
        return true;
    }

    /// <summary>Returns four of the rows that <see cref="Measure"/> would measure first.</summary>
    public readonly void First(Candidates candidates, int* rows)
    {
        for (int i = 0; i < 4; i++)
        {
            rows[i] = candidates.Count == 0 ? 0 : RowAt(candidates.Positions[Math.Min(i, candidates.Count - 1)]);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool Scan<TVector, TSimd>(
        int* starts,
        int blocks,
        float* bounds,
        int covered,
        Candidates candidates,
        Candidates? pending,
        bool mayGiveUp)
        where TVector : unmanaged
        where TSimd : struct, ISimd<TVector, float>
    {
        TVector threshold = TSimd.Broadcast(_threshold);
        int pair = 2 * TSimd.Count;
        int count = blocks * BlockKernel.BlockRows;
        _budget += DenseCost * covered;
        for (int i = 0; i < count; i += pair)
        {
            TVector least = TSimd.Min(TSimd.Load(bounds + i), TSimd.Load(bounds + i + TSimd.Count));
            if (TSimd.LessThanMask(least, threshold) == 0)
            {
                continue;
            }

            for (int j = i; j < i + pair; j += TSimd.Count)
            {
                uint mask = TSimd.LessThanMask(TSimd.Load(bounds + j), threshold);
                int position = starts[j / BlockKernel.BlockRows] + j % BlockKernel.BlockRows;
                for (; mask != 0; mask &= mask - 1)
                {
                    int lane = BitOperations.TrailingZeroCount(mask);
                    Add(position + lane, bounds[j + lane], candidates);
                }
            }

            if (candidates.Count > candidates.Capacity - pair)
            {
                // Only the rows seen so far count toward the budget.
                long ahead = DenseCost * covered * (count - i - pair) / count;
                _budget -= ahead;
                if (!Absorb(candidates, pending, mayGiveUp))
                {
                    return false;
                }

                _budget += ahead;
                threshold = TSimd.Broadcast(_threshold);
            }
        }

        return true;
    }

    /// <summary>Adds a row to the candidates and prefetches its code.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly void Add(int position, float bound, Candidates candidates)
    {
        if (_code is not null)
        {
            PrefetchCode(position, CodeKernel.Step);
        }

        candidates.Add(position, bound);
    }

    /// <summary>Prefetches the beginning of a code.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly void PrefetchCode(int position, int numbers)
    {
        float* code = _index.Blocks.Code(position);
        for (int i = 0; i < numbers && Sse.IsSupported; i += 16)
        {
            Sse.Prefetch1(code + i);
        }
    }

    /// <summary>The squared distance of the long codes, or a partial sum once it exceeds a limit.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly float CodeDistance(int position, double limit)
    {
        float* code = _index.Blocks.Code(position);
        float sum = CodeKernel.SquaredDistance(_code, code);
        for (int i = CodeKernel.Step; i < _index.Blocks.Width && sum <= limit; i += CodeKernel.Step)
        {
            sum += CodeKernel.SquaredDistance(_code + i, code + i);
        }

        return sum;
    }

    private readonly int RowAt(int position) => _order is null ? position : _order[position];

    /// <summary>Discards the candidates whose long codes show that they are too far.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Sift(Candidates candidates)
    {
        _budget -= CodeCost * candidates.Count;
        int kept = 0;
        for (int i = 0; i < candidates.Count; i++)
        {
            int position = candidates.Positions[i];
            double reach = _reach + _index.Blocks.Slack(position);
            double limit = reach * reach;
            float bound = CodeDistance(position, limit);
            candidates.Positions[kept] = position;
            candidates.Bounds[kept] = bound;
            kept += bound > limit ? 0 : 1;
        }

        candidates.Count = kept;
    }

    private readonly bool IsBeyond(int position, float bound)
    {
        if (_code is null)
        {
            return bound >= _threshold;
        }

        double reach = _reach + _index.Blocks.Slack(position);
        return bound > reach * reach;
    }

    /// <summary>Converts the limit into the bounds below which a row may matter.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Tighten()
    {
        double limit = Math.Min(_cap, _list.Limit);
        if (double.IsPositiveInfinity(limit))
        {
            _reach = double.PositiveInfinity;
            _threshold = float.PositiveInfinity;
            _boxLimit = float.PositiveInfinity;
            return;
        }

        double reach = _index.Embedding.Scale * Math.Sqrt(limit) + _looseness;
        double boundReach = reach + _rounding;
        _threshold =
            float.BitIncrement((float)(boundReach * boundReach * (1 + PrefixIndex.Split) + 1e-35 - _loweredSquare));
        _boxLimit = float.BitIncrement((float)((reach * reach * (1 + PrefixIndex.Split) + 1e-35) * (1 + 1e-5)));
        _reach = reach * (1 + 1e-5) + 1e-17;
    }
}
