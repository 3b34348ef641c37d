using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using SemiDefect.Anomaly.Search.Kernels;

namespace SemiDefect.Anomaly.Search.Neighbors;

/// <summary>
/// The positions with the smallest estimates so far, in ascending order; a few of these rows are measured to obtain an
/// initial limit. The caller owns the memory. Not thread-safe.
/// </summary>
internal unsafe struct SeedList
{
    private readonly int _capacity;

    /// <summary>An empty list.</summary>
    /// <param name="positions">Room for <paramref name="capacity"/> positions.</param>
    /// <param name="estimates">Room for their estimates.</param>
    /// <param name="distances">Room for their squared distances.</param>
    /// <param name="capacity">The maximum number of positions.</param>
    public SeedList(int* positions, float* estimates, double* distances, int capacity)
    {
        Positions = positions;
        Estimates = estimates;
        Distances = distances;
        _capacity = capacity;
    }

    /// <summary>The number of positions.</summary>
    public int Count { get; set; }

    /// <summary>The positions.</summary>
    public int* Positions { get; }

    /// <summary>Their estimates.</summary>
    public float* Estimates { get; }

    /// <summary>The squared distances of the positions that were measured; filled by the caller.</summary>
    public double* Distances { get; }

    /// <summary>Adds rows of blocks; an estimate of infinity means that a row is ignored.</summary>
    /// <param name="starts">The first position of each block of <see cref="BlockKernel.BlockRows"/>.</param>
    /// <param name="blocks">The number of blocks.</param>
    /// <param name="estimates">An estimate of each row's distance, block after block; only their order matters.</param>
    public void Gather(int* starts, int blocks, float* estimates)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            Gather<Vector512<float>, Simd512>(starts, blocks, estimates);
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            Gather<Vector256<float>, Simd256>(starts, blocks, estimates);
        }
        else
        {
            Gather<Vector128<float>, Simd128>(starts, blocks, estimates);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Gather<TVector, TSimd>(int* starts, int blocks, float* estimates)
        where TVector : unmanaged
        where TSimd : struct, ISimd<TVector, float>
    {
        int count = blocks * BlockKernel.BlockRows;
        float limit = Math.Min(Worst, Ceiling<TVector, TSimd>(count, estimates));
        TVector worst = TSimd.Broadcast(limit);
        for (int i = 0; i < count; i += TSimd.Count)
        {
            uint mask = TSimd.LessThanMask(TSimd.Load(estimates + i), worst);
            if (mask == 0)
            {
                continue;
            }

            int position = starts[i / BlockKernel.BlockRows] + i % BlockKernel.BlockRows;
            for (; mask != 0; mask &= mask - 1)
            {
                int lane = BitOperations.TrailingZeroCount(mask);
                Offer(position + lane, estimates[i + lane]);
            }

            worst = TSimd.Broadcast(Math.Min(limit, Worst));
        }
    }

    /// <summary>
    /// A value such that at least as many estimates as there is room for do not exceed it: the minima of the vector
    /// lanes belong to different rows. It saves most of the insertions.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly float Ceiling<TVector, TSimd>(int count, float* estimates)
        where TVector : unmanaged
        where TSimd : struct, ISimd<TVector, float>
    {
        if (_capacity > TSimd.Count || count == 0)
        {
            return float.PositiveInfinity;
        }

        TVector least = TSimd.Load(estimates);
        for (int i = TSimd.Count; i < count; i += TSimd.Count)
        {
            least = TSimd.Min(least, TSimd.Load(estimates + i));
        }

        float* lanes = stackalloc float[16];
        TSimd.Store(least, lanes);
        SmallSort.Sort(lanes, TSimd.Count);
        return float.BitIncrement(lanes[_capacity - 1]);
    }

    private readonly float Worst => Count < _capacity ? float.PositiveInfinity : Estimates[_capacity - 1];

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Offer(int position, float estimate)
    {
        if (!(estimate < Worst))
        {
            return;
        }

        int slot = Count < _capacity ? Count++ : _capacity - 1;
        for (; slot > 0 && Estimates[slot - 1] > estimate; slot--)
        {
            Estimates[slot] = Estimates[slot - 1];
            Positions[slot] = Positions[slot - 1];
        }

        Estimates[slot] = estimate;
        Positions[slot] = position;
    }
}
