using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using SemiDefect.Anomaly.Search.Kernels;

namespace SemiDefect.Anomaly.Search.Neighbors;

/// <summary>
/// One query against one part of the bank: what it has found, and the bound that a row must stay below to matter. Not
/// thread-safe.
/// </summary>
internal unsafe partial struct QueryState
{
    // In units of a nanosecond or so: a check of a long image, an exact distance, and what a dense bound costs per row.
    private const long ImageCost = 15;
    private const long ExactCost = 150;
    private const long DenseCost = 12;

    private readonly PrefixIndex _index;
    private readonly float* _query;
    private readonly float* _image;
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
    /// <param name="image">Its long image; null where bounds come from the dense kernel.</param>
    /// <param name="looseness">How far an image may be from where exact arithmetic would put it.</param>
    /// <param name="rounding">What rounding to integers adds to a distance by which bounds discard.</param>
    /// <param name="loweredSquare">The query's part of every bound: its lowered squared length.</param>
    /// <param name="order">The row at each position; null where positions are rows.</param>
    /// <param name="k">Rows wanted.</param>
    /// <param name="cap">A squared distance that k rows of the whole bank are known not to exceed; infinity if there is none.</param>
    /// <param name="list">Receives the rows found.</param>
    /// <param name="seeds">Receives the rows to begin with; k of them at least.</param>
    public QueryState(
        PrefixIndex index,
        float* query,
        float* image,
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
        _image = image;
        _looseness = looseness;
        _rounding = rounding;
        _loweredSquare = loweredSquare;
        _order = order;
        _k = k;
        _cap = cap;
        _list = list;
        _seeds = seeds;

        // Patience with the bounds: a few near rows at the start do not mean that they are weak.
        _budget = DenseCost * (256 + index.Bank.Rows / 16);
        Tighten();
    }

    /// <summary>A squared distance that k rows are known not to exceed; infinity before there are seeds.</summary>
    public readonly double Cap => _cap;

    /// <summary>The squared distance to a box below which a block may matter, but for the block's own looseness.</summary>
    public readonly float BoxLimit => _boxLimit;

    /// <summary>
    /// Looks at blocks of rows, of whose squared distances <paramref name="bounds"/> are lower bounds less the query's own
    /// part; infinity where a row does not count.
    /// </summary>
    /// <param name="starts">The first position of each block of <see cref="BlockKernel.BlockRows"/>.</param>
    /// <param name="blocks">The number of blocks.</param>
    /// <param name="bounds">One per row, block after block.</param>
    /// <param name="covered">The rows that these blocks stand for, with those that boxes have ruled out.</param>
    /// <param name="candidates">Receives the rows that may matter; <see cref="Absorb"/> takes them from there.</param>
    /// <param name="pending">As <see cref="Absorb"/> takes it.</param>
    /// <param name="mayGiveUp">Whether to stop when the bounds turn out too weak to be worth their while.</param>
    /// <returns>False if it gave up: the list is then incomplete.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool Scan(int* starts, int blocks, float* bounds, int covered, Candidates candidates, Candidates? pending, bool mayGiveUp) =>
        Vector512.IsHardwareAccelerated ? Scan<Vector512<float>, Simd512>(starts, blocks, bounds, covered, candidates, pending, mayGiveUp)
        : Vector256.IsHardwareAccelerated ? Scan<Vector256<float>, Simd256>(starts, blocks, bounds, covered, candidates, pending, mayGiveUp)
        : Scan<Vector128<float>, Simd128>(starts, blocks, bounds, covered, candidates, pending, mayGiveUp);

    /// <summary>
    /// Measures candidates at once, or has their images looked at and keeps the rest for later: the more there are to choose
    /// from, the fewer have to be measured.
    /// </summary>
    /// <param name="candidates">The rows; none afterwards.</param>
    /// <param name="pending">Rows that the images could not rule out, measured when they are many; not used without an image.</param>
    /// <param name="mayGiveUp">Whether it may stop.</param>
    /// <returns>False if it gave up.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool Absorb(Candidates candidates, Candidates? pending, bool mayGiveUp)
    {
        if (pending is null || _image is null)
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
    /// <param name="candidates">The rows, sorted; none afterwards.</param>
    /// <param name="following">Four rows that will be measured next, to have them on the way; null if unknown.</param>
    /// <param name="mayGiveUp">Whether it may stop.</param>
    /// <returns>False if it gave up: the list is then incomplete.</returns>
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
                upcoming[j] = isLast ? following[j] : RowAt(candidates.Positions[Math.Min(i + j, candidates.Count - 1)]);
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

    /// <summary>Names four of the rows that <see cref="Measure"/> would begin with.</summary>
    public readonly void First(Candidates candidates, int* rows)
    {
        for (int i = 0; i < 4; i++)
        {
            rows[i] = candidates.Count == 0 ? 0 : RowAt(candidates.Positions[Math.Min(i, candidates.Count - 1)]);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool Scan<TVector, TSimd>(int* starts, int blocks, float* bounds, int covered, Candidates candidates, Candidates? pending, bool mayGiveUp)
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
                // Only the rows seen so far have earned their share.
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

    /// <summary>Adds a row to the candidates, and has its image on the way by the time they are settled.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly void Add(int position, float bound, Candidates candidates)
    {
        if (_image is not null)
        {
            PrefetchImage(position, ImageKernel.Step);
        }

        candidates.Add(position, bound);
    }

    /// <summary>Has the beginning of an image brought nearer.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly void PrefetchImage(int position, int numbers)
    {
        float* image = _index.Blocks.Image(position);
        for (int i = 0; i < numbers && Sse.IsSupported; i += 16)
        {
            Sse.Prefetch1(image + i);
        }
    }

    /// <summary>The squared distance of the long images, or less once it is above a limit.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly float ImageDistance(int position, double limit)
    {
        float* image = _index.Blocks.Image(position);
        float sum = ImageKernel.SquaredDistance(_image, image);
        for (int i = ImageKernel.Step; i < _index.Blocks.Width && sum <= limit; i += ImageKernel.Step)
        {
            sum += ImageKernel.SquaredDistance(_image + i, image + i);
        }

        return sum;
    }

    private readonly int RowAt(int position) => _order is null ? position : _order[position];

    /// <summary>Discards the candidates whose long images tell that they are too far.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Sift(Candidates candidates)
    {
        _budget -= ImageCost * candidates.Count;
        int kept = 0;
        for (int i = 0; i < candidates.Count; i++)
        {
            int position = candidates.Positions[i];
            double reach = _reach + _index.Blocks.Slack(position);
            double limit = reach * reach;
            float bound = ImageDistance(position, limit);
            candidates.Positions[kept] = position;
            candidates.Bounds[kept] = bound;
            kept += bound > limit ? 0 : 1;
        }

        candidates.Count = kept;
    }

    private readonly bool IsBeyond(int position, float bound)
    {
        if (_image is null)
        {
            return bound >= _threshold;
        }

        double reach = _reach + _index.Blocks.Slack(position);
        return bound > reach * reach;
    }

    /// <summary>Turns the limit into the bounds that a row must stay below.</summary>
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
        _threshold = float.BitIncrement((float)(boundReach * boundReach * (1 + PrefixIndex.Split) + 1e-35 - _loweredSquare));
        _boxLimit = float.BitIncrement((float)((reach * reach * (1 + PrefixIndex.Split) + 1e-35) * (1 + 1e-5)));
        _reach = reach * (1 + 1e-5) + 1e-17;
    }
}
