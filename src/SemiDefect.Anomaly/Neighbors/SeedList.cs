using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using SemiDefect.Anomaly.Neighbors.Kernels;

namespace SemiDefect.Anomaly.Neighbors;

/// <summary>
/// The rows with the least estimates so far, least first: a few of them are measured to have a limit to begin with. Memory is
/// the caller's. Not thread-safe.
/// </summary>
internal unsafe struct SeedList
{
    private readonly int _capacity;

    /// <summary>An empty list.</summary>
    /// <param name="rows">Room for <paramref name="capacity"/> rows.</param>
    /// <param name="estimates">Room for their estimates.</param>
    /// <param name="distances">Room for their squared distances.</param>
    /// <param name="capacity">The most rows held.</param>
    public SeedList(int* rows, float* estimates, double* distances, int capacity)
    {
        Rows = rows;
        Estimates = estimates;
        Distances = distances;
        _capacity = capacity;
    }

    /// <summary>The rows held.</summary>
    public int Count { get; set; }

    /// <summary>Their numbers.</summary>
    public int* Rows { get; }

    /// <summary>Their estimates.</summary>
    public float* Estimates { get; }

    /// <summary>The squared distances of those that were measured; the caller's to fill.</summary>
    public double* Distances { get; }

    /// <summary>Takes from consecutive rows; an estimate of infinity means that a row does not count.</summary>
    /// <param name="first">The first row.</param>
    /// <param name="count">The number of rows, a multiple of the rows in a panel.</param>
    /// <param name="estimates">An estimate of each row's distance; only their order matters.</param>
    public void Gather(int first, int count, float* estimates)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            Gather<Vector512<float>, Simd512>(first, count, estimates);
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            Gather<Vector256<float>, Simd256>(first, count, estimates);
        }
        else
        {
            Gather<Vector128<float>, Simd128>(first, count, estimates);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Gather<TVector, TSimd>(int first, int count, float* estimates)
        where TVector : unmanaged
        where TSimd : struct, ISimd<TVector, float>
    {
        TVector worst = TSimd.Broadcast(Worst);
        for (int i = 0; i < count; i += 2 * TSimd.Count)
        {
            TVector least = TSimd.Min(TSimd.Load(estimates + i), TSimd.Load(estimates + i + TSimd.Count));
            if (TSimd.LessThanMask(least, worst) == 0)
            {
                continue;
            }

            for (int j = i; j < i + 2 * TSimd.Count; j += TSimd.Count)
            {
                uint mask = TSimd.LessThanMask(TSimd.Load(estimates + j), worst);
                for (; mask != 0; mask &= mask - 1)
                {
                    int offset = j + BitOperations.TrailingZeroCount(mask);
                    Offer(first + offset, estimates[offset]);
                }

                worst = TSimd.Broadcast(Worst);
            }
        }
    }

    private readonly float Worst => Count < _capacity ? float.PositiveInfinity : Estimates[_capacity - 1];

    private void Offer(int row, float estimate)
    {
        if (!(estimate < Worst))
        {
            return;
        }

        int position = Count < _capacity ? Count++ : _capacity - 1;
        for (; position > 0 && Estimates[position - 1] > estimate; position--)
        {
            Estimates[position] = Estimates[position - 1];
            Rows[position] = Rows[position - 1];
        }

        Estimates[position] = estimate;
        Rows[position] = row;
    }
}
