using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using SemiDefect.Anomaly.Search.Numerics;
using SemiDefect.Anomaly.Search.Threading;

namespace SemiDefect.Anomaly.Search.Neighbors;

/// <summary>The largest magnitude of many values, which also tells whether all are finite. Stateless.</summary>
internal static class Magnitude
{
    private const int RowsPerPiece = 512;

    /// <summary>The largest magnitude; infinity or NaN if any value is not finite, 0 if there are none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float Largest(ReadOnlySpan<float> values)
    {
        // Without the sign bit, IEEE 754 bit patterns sort by magnitude, with infinity and NaN last.
        ReadOnlySpan<int> bits = MemoryMarshal.Cast<float, int>(values);
        ref int start = ref MemoryMarshal.GetReference(bits);
        Vector256<int> mask = Vector256.Create(int.MaxValue);
        Vector256<int> first = Vector256<int>.Zero;
        Vector256<int> second = Vector256<int>.Zero;
        int i = 0;
        for (; i <= bits.Length - 16; i += 16)
        {
            first = Vector256.Max(first, Vector256.LoadUnsafe(ref start, (nuint)i) & mask);
            second = Vector256.Max(second, Vector256.LoadUnsafe(ref start, (nuint)i + 8) & mask);
        }

        int largest = 0;
        for (; i < bits.Length; i++)
        {
            largest = Math.Max(largest, bits[i] & int.MaxValue);
        }

        first = Vector256.Max(first, second);
        for (int lane = 0; lane < 8; lane++)
        {
            largest = Math.Max(largest, first.GetElement(lane));
        }

        return BitConverter.Int32BitsToSingle(largest);
    }

    /// <summary>The same over all rows of a matrix.</summary>
    public static float Largest(FeatureMatrix matrix, int threads)
    {
        int pieces = (matrix.Rows + RowsPerPiece - 1) / RowsPerPiece;
        float[] largest = new float[pieces];
        WorkQueue.Run(
            pieces,
            threads,
            piece =>
            {
                int end = Math.Min(matrix.Rows, (piece + 1) * RowsPerPiece);
                for (int row = piece * RowsPerPiece; row < end; row++)
                {
                    float magnitude = Largest(matrix.Row(row));
                    largest[piece] = magnitude > largest[piece] || float.IsNaN(magnitude) ? magnitude : largest[piece];
                }
            },
            CancellationToken.None);
        return Largest(largest);
    }

    /// <summary>The first row that holds a non-finite value, or -1.</summary>
    public static int FirstRowNotFinite(FeatureMatrix matrix)
    {
        for (int row = 0; row < matrix.Rows; row++)
        {
            if (!float.IsFinite(Largest(matrix.Row(row))))
            {
                return row;
            }
        }

        return -1;
    }
}
