using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using SemiDefect.Anomaly.Neighbors.Kernels;

namespace SemiDefect.Anomaly.Neighbors;

/// <summary>
/// One query against one part of the bank: what it has found, and the bound that a row must stay below to matter. Not
/// thread-safe.
/// </summary>
internal unsafe struct QueryState
{
    // In units of a nanosecond or so: a check of a long image, an exact distance, and what a dense bound costs per row.
    private const long ImageCost = 15;
    private const long ExactCost = 150;
    private const long DenseCost = 12;

    private readonly PrefixIndex _index;
    private readonly float* _query;
    private readonly float* _image;
    private readonly double _looseness;
    private readonly double _loweredSquare;
    private readonly int[]? _order;
    private readonly int _k;
    private NearestList _list;
    private SeedList _seeds;
    private int _measuredSeeds;
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

    /// <summary>Takes rows to begin with; see <see cref="SeedList.Gather"/>.</summary>
    public void Gather(int* starts, int blocks, float* estimates) => _seeds.Gather(starts, blocks, estimates);

    /// <summary>Measures the k seeds that look nearest, so that there is a limit to begin with.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void MeasureSeeds()
    {
        if (_seeds.Count < _k)
        {
            return;
        }

        if (_image is not null)
        {
            for (int i = 0; i < _seeds.Count; i++)
            {
                _seeds.Estimates[i] = ImageDistance(_seeds.Positions[i], float.PositiveInfinity);
            }

            SmallSort.Sort(_seeds.Estimates, _seeds.Positions, _seeds.Count);
        }

        double largest = 0;
        int* rows = stackalloc int[4];
        int* upcoming = stackalloc int[4];
        for (int i = 0; i < _k; i += 4)
        {
            int taken = Math.Min(4, _k - i);
            for (int j = 0; j < 4; j++)
            {
                rows[j] = RowAt(_seeds.Positions[Math.Min(i + j, _k - 1)]);
                upcoming[j] = RowAt(_seeds.Positions[Math.Min(i + j + 4, _k - 1)]);
            }

            ExactDistance.Squared(_query, _index.Bank.Data, _index.Bank.Columns, rows, taken, upcoming, _seeds.Distances + i);
            for (int j = i; j < i + taken; j++)
            {
                largest = Math.Max(largest, _seeds.Distances[j]);
            }
        }

        _measuredSeeds = _k;
        _cap = Math.Min(_cap, largest);
        Tighten();
    }

    /// <summary>
    /// Looks at blocks of rows, of whose squared distances <paramref name="bounds"/> are lower bounds less the query's own
    /// part; infinity where a row does not count.
    /// </summary>
    /// <param name="starts">The first position of each block of <see cref="BlockKernel.BlockRows"/>.</param>
    /// <param name="blocks">The number of blocks.</param>
    /// <param name="bounds">One per row, block after block.</param>
    /// <param name="covered">The rows that these blocks stand for, with those that boxes have ruled out.</param>
    /// <param name="candidates">Working memory, empty.</param>
    /// <param name="pending">Rows that the images could not rule out, measured when they are many; null without images.</param>
    /// <param name="mayGiveUp">Whether to stop when the bounds turn out too weak to be worth their while.</param>
    /// <returns>False if it gave up: the list is then incomplete.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool Visit(int* starts, int blocks, float* bounds, int covered, Candidates candidates, Candidates? pending, bool mayGiveUp)
    {
        bool finished = Vector512.IsHardwareAccelerated ? Scan<Vector512<float>, Simd512>(starts, blocks, bounds, covered, candidates, pending, mayGiveUp)
            : Vector256.IsHardwareAccelerated ? Scan<Vector256<float>, Simd256>(starts, blocks, bounds, covered, candidates, pending, mayGiveUp)
            : Scan<Vector128<float>, Simd128>(starts, blocks, bounds, covered, candidates, pending, mayGiveUp);
        return finished && Absorb(candidates, pending, mayGiveUp);
    }

    /// <summary>Measures what is pending.</summary>
    /// <returns>False if it gave up: the list is then incomplete.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool Settle(Candidates candidates, bool mayGiveUp)
    {
        if (candidates.Count > 1)
        {
            candidates.Sort();
        }

        return Measure(candidates, mayGiveUp);
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
        if (Sse.IsSupported && _image is not null)
        {
            byte* image = (byte*)_index.Blocks.Image(position);
            Sse.Prefetch0(image);
            Sse.Prefetch0(image + 64);
            Sse.Prefetch0(image + 128);
            Sse.Prefetch0(image + 192);
        }

        candidates.Add(position, bound);
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

    /// <summary>
    /// Measures candidates at once, or has their images looked at and keeps the rest for later: the more there are to choose
    /// from, the fewer have to be measured.
    /// </summary>
    /// <returns>False if it gave up.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool Absorb(Candidates candidates, Candidates? pending, bool mayGiveUp)
    {
        if (pending is null)
        {
            return Settle(candidates, mayGiveUp);
        }

        Sift(candidates);
        for (int i = 0; i < candidates.Count; i++)
        {
            if (pending.Count == pending.Capacity && !Settle(pending, mayGiveUp))
            {
                candidates.Count = 0;
                return false;
            }

            pending.Add(candidates.Positions[i], candidates.Bounds[i]);
        }

        candidates.Count = 0;
        return true;
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

    /// <summary>Measures the candidates, most promising first, four at a time to keep the memory busy.</summary>
    /// <returns>False if it gave up.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool Measure(Candidates candidates, bool mayGiveUp)
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
            bool tighter = false;
            for (; taken < 4 && i < candidates.Count; i++)
            {
                int position = candidates.Positions[i];
                if (IsBeyond(position, candidates.Bounds[i]))
                {
                    continue;
                }

                int seed = new ReadOnlySpan<int>(_seeds.Positions, _measuredSeeds).IndexOf(position);
                if (seed >= 0)
                {
                    tighter |= _list.Offer(_seeds.Distances[seed], RowAt(position));
                }
                else
                {
                    rows[taken++] = RowAt(position);
                }
            }

            for (int j = 0; j < 4; j++)
            {
                upcoming[j] = RowAt(candidates.Positions[Math.Min(i + j, candidates.Count - 1)]);
            }

            ExactDistance.Squared(_query, _index.Bank.Data, _index.Bank.Columns, rows, taken, upcoming, distances);
            _budget -= ExactCost * taken;
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
        double limitOfImages = reach * reach * (1 + PrefixIndex.Split) + 1e-35;
        _threshold = float.BitIncrement((float)(limitOfImages - _loweredSquare));
        _boxLimit = float.BitIncrement((float)(limitOfImages * (1 + 1e-5)));
        _reach = reach * (1 + 1e-5) + 1e-17;
    }
}
