using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace SemiDefect.Anomaly.Search.Kernels;

/// <summary>
/// Compares one code with blocks of <see cref="BlockRows"/> codes: which blocks, and which of their rows, may be within
/// their limits. In float32, fused where the processor supports it; relative errors are below 1e-5. Stateless.
/// </summary>
internal static unsafe class BlockKernel
{
    /// <summary>Number of rows in a block.</summary>
    public const int BlockRows = 32;

    /// <summary>Number of coordinates of a block's bounding box.</summary>
    public const int BoxDimensions = 16;

    /// <summary>Number of blocks in a group; boxes are tested one group at a time.</summary>
    public const int GroupBlocks = 16;

    /// <summary>Finds the blocks whose boxes are within their limits.</summary>
    /// <param name="boxes"><see cref="GroupBlocks"/> boxes: for each of <see cref="BoxDimensions"/> coordinates, the
    /// lower ends, then the upper ends.</param>
    /// <param name="code">The code.</param>
    /// <param name="limits">The largest squared distances that matter, one per block of the group.</param>
    /// <param name="extra">Added to every limit.</param>
    /// <returns>Bit i is set for block i of the group.</returns>
    public static uint NearBoxes(float* boxes, float* code, float* limits, float extra) =>
        Vector512.IsHardwareAccelerated ? NearBoxes<Vector512<float>, Simd512>(boxes, code, limits, extra)
        : Vector256.IsHardwareAccelerated ? NearBoxes<Vector256<float>, Simd256>(boxes, code, limits, extra)
        : NearBoxes<Vector128<float>, Simd128>(boxes, code, limits, extra);

    /// <summary>Finds the rows of a block whose short codes are within their limits.</summary>
    /// <param name="block">The block, column by column.</param>
    /// <param name="code">The short code.</param>
    /// <param name="columns">The length of the short code; even.</param>
    /// <param name="limits">The largest squared distances that matter, one per row.</param>
    /// <param name="extra">Added to every limit.</param>
    /// <returns>Bit i is set for row i of the block.</returns>
    public static uint NearRows(float* block, float* code, int columns, float* limits, float extra) =>
        Vector512.IsHardwareAccelerated ? NearRows<Vector512<float>, Simd512>(block, code, columns, limits, extra)
        : Vector256.IsHardwareAccelerated ? NearRows<Vector256<float>, Simd256>(block, code, columns, limits, extra)
        : NearRows<Vector128<float>, Simd128>(block, code, columns, limits, extra);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint NearBoxes<TVector, TSimd>(float* boxes, float* code, float* limits, float extra)
        where TVector : unmanaged
        where TSimd : struct, ISimd<TVector, float>
    {
        uint result = 0;
        for (int first = 0; first < GroupBlocks; first += TSimd.Count)
        {
            TVector even = TSimd.Zero;
            TVector odd = TSimd.Zero;
            float* ends = boxes + first;
            for (int i = 0; i < BoxDimensions; i += 2, ends += 4 * GroupBlocks)
            {
                TVector value = TSimd.Broadcast(code[i]);
                TVector beyond = TSimd.Max(
                    TSimd.Subtract(TSimd.Load(ends), value), TSimd.Subtract(value, TSimd.Load(ends + GroupBlocks)));
                beyond = TSimd.Max(beyond, TSimd.Zero);
                even = TSimd.MultiplyAdd(beyond, beyond, even);
                value = TSimd.Broadcast(code[i + 1]);
                beyond = TSimd.Max(
                    TSimd.Subtract(TSimd.Load(ends + 2 * GroupBlocks), value),
                    TSimd.Subtract(value, TSimd.Load(ends + 3 * GroupBlocks)));
                beyond = TSimd.Max(beyond, TSimd.Zero);
                odd = TSimd.MultiplyAdd(beyond, beyond, odd);
            }

            TVector limit = TSimd.Add(TSimd.Load(limits + first), TSimd.Broadcast(extra));
            result |= TSimd.LessThanMask(TSimd.Add(even, odd), limit) << first;
        }

        return result;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint NearRows<TVector, TSimd>(float* block, float* code, int columns, float* limits, float extra)
        where TVector : unmanaged
        where TSimd : struct, ISimd<TVector, float>
    {
        uint result = 0;
        for (int first = 0; first < BlockRows; first += 2 * TSimd.Count)
        {
            TVector even0 = TSimd.Zero, even1 = even0, odd0 = even0, odd1 = even0;
            float* values = block + first;
            for (int i = 0; i < columns; i += 2, values += 2 * BlockRows)
            {
                TVector value = TSimd.Broadcast(code[i]);
                TVector difference = TSimd.Subtract(value, TSimd.Load(values));
                even0 = TSimd.MultiplyAdd(difference, difference, even0);
                difference = TSimd.Subtract(value, TSimd.Load(values + TSimd.Count));
                even1 = TSimd.MultiplyAdd(difference, difference, even1);
                value = TSimd.Broadcast(code[i + 1]);
                difference = TSimd.Subtract(value, TSimd.Load(values + BlockRows));
                odd0 = TSimd.MultiplyAdd(difference, difference, odd0);
                difference = TSimd.Subtract(value, TSimd.Load(values + BlockRows + TSimd.Count));
                odd1 = TSimd.MultiplyAdd(difference, difference, odd1);
            }

            TVector more = TSimd.Broadcast(extra);
            uint low = TSimd.LessThanMask(TSimd.Add(even0, odd0), TSimd.Add(TSimd.Load(limits + first), more));
            uint high =
                TSimd.LessThanMask(TSimd.Add(even1, odd1), TSimd.Add(TSimd.Load(limits + first + TSimd.Count), more));
            result |= (low | (high << TSimd.Count)) << first;
        }

        return result;
    }
}
