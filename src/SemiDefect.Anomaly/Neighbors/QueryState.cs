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

    // Rows' worth of patience, so that a few near rows at the start do not count as weak bounds.
    private const long Patience = 256;

    private readonly PrefixIndex _index;
    private readonly float* _query;
    private readonly float* _image;
    private readonly double _looseness;
    private readonly double _loweredSquare;
    private NearestList _list;
    private double _reach;
    private float _threshold;
    private long _budget;

    /// <summary>Starts a search.</summary>
    /// <param name="index">The bank.</param>
    /// <param name="query">The vector.</param>
    /// <param name="image">Its long image; null where bounds come from the dense kernel.</param>
    /// <param name="looseness">How far an image may be from where exact arithmetic would put it.</param>
    /// <param name="loweredSquare">The query's part of every bound: its lowered squared length.</param>
    /// <param name="list">Receives the rows found.</param>
    public QueryState(PrefixIndex index, float* query, float* image, double looseness, double loweredSquare, NearestList list)
    {
        _index = index;
        _query = query;
        _image = image;
        _looseness = looseness;
        _loweredSquare = loweredSquare;
        _list = list;
        Tighten();
    }

    /// <summary>
    /// Looks at rows <paramref name="first"/> .. first + <paramref name="count"/> - 1, of whose squared distances
    /// <paramref name="bounds"/> are lower bounds less the query's own part; infinity where a row does not count.
    /// </summary>
    /// <param name="first">The first row.</param>
    /// <param name="count">The number of rows, a multiple of the rows in a panel.</param>
    /// <param name="bounds">Overwritten in part.</param>
    /// <param name="seeds">Working memory for the rows to begin with: k of them at least.</param>
    /// <param name="candidates">Working memory, empty.</param>
    /// <param name="mayGiveUp">Whether to stop when the bounds turn out too weak to be worth their while.</param>
    /// <returns>False if it gave up: the list is then incomplete.</returns>
    public bool Visit(int first, int count, float* bounds, Span<int> seeds, Candidates candidates, bool mayGiveUp) =>
        Vector512.IsHardwareAccelerated ? Visit<Vector512<float>, Simd512>(first, count, bounds, seeds, candidates, mayGiveUp)
        : Vector256.IsHardwareAccelerated ? Visit<Vector256<float>, Simd256>(first, count, bounds, seeds, candidates, mayGiveUp)
        : Visit<Vector128<float>, Simd128>(first, count, bounds, seeds, candidates, mayGiveUp);

    private bool Visit<TVector, TSimd>(int first, int count, float* bounds, Span<int> seeds, Candidates candidates, bool mayGiveUp)
        where TVector : unmanaged
        where TSimd : struct, ISimd<TVector, float>
    {
        if (double.IsPositiveInfinity(_list.Limit))
        {
            int found = Least<TVector, TSimd>(bounds, count, seeds);
            foreach (int seed in seeds[..found])
            {
                Add(first + seed, bounds[seed], candidates);
                bounds[seed] = float.PositiveInfinity;
            }

            Settle(candidates, mayGiveUp: false);
            _budget = DenseCost * Patience;
        }

        return Scan<TVector, TSimd>(first, count, bounds, candidates, mayGiveUp)
            && Settle(candidates, mayGiveUp);
    }

    /// <summary>Finds the least bounds, least first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int Least<TVector, TSimd>(float* bounds, int count, Span<int> chosen)
        where TVector : unmanaged
        where TSimd : struct, ISimd<TVector, float>
    {
        int wanted = chosen.Length;
        int found = 0;
        float worst = float.PositiveInfinity;
        TVector threshold = TSimd.Broadcast(worst);
        for (int i = 0; i < count; i += TSimd.Count)
        {
            uint mask = TSimd.LessThanMask(TSimd.Load(bounds + i), threshold);
            for (; mask != 0; mask &= mask - 1)
            {
                int candidate = i + BitOperations.TrailingZeroCount(mask);
                float bound = bounds[candidate];
                if (bound < worst)
                {
                    int position = found == wanted ? wanted - 1 : found++;
                    for (; position > 0 && bounds[chosen[position - 1]] > bound; position--)
                    {
                        chosen[position] = chosen[position - 1];
                    }

                    chosen[position] = candidate;
                    worst = found == wanted ? bounds[chosen[wanted - 1]] : worst;
                    threshold = TSimd.Broadcast(worst);
                }
            }
        }

        return found;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool Scan<TVector, TSimd>(int first, int count, float* bounds, Candidates candidates, bool mayGiveUp)
        where TVector : unmanaged
        where TSimd : struct, ISimd<TVector, float>
    {
        TVector threshold = TSimd.Broadcast(_threshold);
        int pair = 2 * TSimd.Count;
        _budget += DenseCost * count;
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
                for (; mask != 0; mask &= mask - 1)
                {
                    int offset = j + BitOperations.TrailingZeroCount(mask);
                    Add(first + offset, bounds[offset], candidates);
                }
            }

            if (candidates.Count > candidates.Capacity - pair)
            {
                // Only the rows seen so far have earned their share.
                long ahead = DenseCost * (count - i - pair);
                _budget -= ahead;
                if (!Settle(candidates, mayGiveUp))
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
    private readonly void Add(int row, float bound, Candidates candidates)
    {
        if (Sse.IsSupported)
        {
            byte* image = (byte*)(_index.Images + (long)row * PrefixEmbedding.Width);
            Sse.Prefetch0(image);
            Sse.Prefetch0(image + 64);
            Sse.Prefetch0(image + 128);
            Sse.Prefetch0(image + 192);
        }

        candidates.Add(row, bound);
    }

    /// <summary>Discards the candidates whose long images tell that they are too far.</summary>
    private void Sift(Candidates candidates)
    {
        _budget -= ImageCost * candidates.Count;
        int kept = 0;
        for (int i = 0; i < candidates.Count; i++)
        {
            int row = candidates.Rows[i];
            float bound = ImageKernel.SquaredDistance(_image, _index.Images + (long)row * PrefixEmbedding.Width);
            candidates.Rows[kept] = row;
            candidates.Bounds[kept] = bound;
            double reach = _reach + _index.Slacks[row];
            kept += bound > reach * reach ? 0 : 1;
        }

        candidates.Count = kept;
    }

    /// <summary>Measures the candidates, most promising first, four at a time to keep the memory busy.</summary>
    /// <returns>False if it gave up.</returns>
    private bool Settle(Candidates candidates, bool mayGiveUp)
    {
        if (_image is not null)
        {
            Sift(candidates);
        }

        if (candidates.Count > 1)
        {
            candidates.Sort();
        }

        int columns = _index.Bank.Columns;
        double* distances = stackalloc double[4];
        int* rows = stackalloc int[4];
        for (int i = 0; i < candidates.Count;)
        {
            if (mayGiveUp && _budget < 0)
            {
                candidates.Count = 0;
                return false;
            }

            // Until there is a limit, no more than it takes to get one.
            int most = _list.Missing == 0 ? 4 : Math.Min(4, _list.Missing);
            int taken = 0;
            for (; taken < most && i < candidates.Count; i++)
            {
                int row = candidates.Rows[i];
                if (_image is not null)
                {
                    double reach = _reach + _index.Slacks[row];
                    if (candidates.Bounds[i] > reach * reach)
                    {
                        continue;
                    }
                }
                else if (candidates.Bounds[i] >= _threshold)
                {
                    continue;
                }

                rows[taken++] = row;
            }

            ExactDistance.Squared(_query, _index.Bank.Data, columns, rows, taken, distances);
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

    /// <summary>Turns the list's limit into the bounds that a row must stay below.</summary>
    private void Tighten()
    {
        double limit = _list.Limit;
        if (double.IsPositiveInfinity(limit))
        {
            _reach = double.PositiveInfinity;
            _threshold = float.PositiveInfinity;
            return;
        }

        double reach = _index.Embedding.Scale * Math.Sqrt(limit) + _looseness;
        _threshold = float.BitIncrement((float)(reach * reach * (1 + PrefixIndex.Split) + 1e-35 - _loweredSquare));
        _reach = reach * (1 + 1e-5) + 1e-17;
    }
}
