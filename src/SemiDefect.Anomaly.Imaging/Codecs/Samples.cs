using System.Runtime.CompilerServices;

namespace SemiDefect.Anomaly.Imaging.Codecs;

/// <summary>Converts samples of other depths to 8 bits. Stateless.</summary>
internal static class Samples
{
    /// <summary>round(v / 257), which maps 0..65,535 to 0..255; there are no ties, since 257 is odd.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static byte FromUInt16(int value) => (byte)((value * 255 + 32_895) >> 16);

    /// <summary>Like <see cref="FromUInt16"/>, but only 0 becomes 0: a mask marks by any value above it.</summary>
    public static byte MarkFromUInt16(int value) => value == 0 ? (byte)0 : Math.Max((byte)1, FromUInt16(value));

    /// <summary>
    /// The sample at <paramref name="index"/> of a row of 1, 2, 4 or 8-bit samples packed from the high bit down.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Packed(ReadOnlySpan<byte> row, int index, int depth)
    {
        int bit = index * depth;
        return (row[bit >> 3] >> (8 - depth - (bit & 7))) & ((1 << depth) - 1);
    }

    /// <summary>The factor that maps 1, 2, 4 or 8-bit samples to 0..255.</summary>
    public static int FactorTo8Bits(int depth) => 255 / ((1 << depth) - 1);
}
