using System.Buffers.Binary;
using SemiDefect.Anomaly.Search.Numerics;

namespace SemiDefect.Anomaly.Backbones.Tests.Support;

/// <summary>Damages a file in ways that reveal faults in readers.</summary>
internal static class Mutation
{
    private static readonly long[] Extremes =
        [0, 1, -1, int.MaxValue, int.MinValue, uint.MaxValue, long.MaxValue, long.MinValue, 1L << 40, 255, 65535];

    public static byte[] Of(byte[] whole, SeededGenerator generator)
    {
        byte[] bytes = [.. whole];
        Span<byte> number = stackalloc byte[8];
        int count = 1 + generator.NextInt32(3);
        for (int i = 0; i < count && bytes.Length > 16; i++)
        {
            int at = generator.NextInt32(bytes.Length);
            int length = 1 + generator.NextInt32(Math.Min(32, bytes.Length - at));
            switch (generator.NextInt32(7))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << generator.NextInt32(8));
                    break;
                case 1:
                    bytes[at] = (byte)generator.NextInt32(256);
                    break;
                case 2:
                    bytes = bytes[..at];
                    break;
                case 3:
                    bytes = [.. bytes[..at], .. bytes[(at + length)..]];
                    break;
                case 4:
                    bytes = [.. bytes[..(at + length)], .. bytes[at..]];
                    break;
                case 5:
                    BinaryPrimitives.WriteInt64LittleEndian(number, Extremes[generator.NextInt32(Extremes.Length)]);
                    number[..Math.Min(1 << generator.NextInt32(4), bytes.Length - at)].CopyTo(bytes.AsSpan(at));
                    break;
                default:
                    int from = generator.NextInt32(bytes.Length);
                    bytes.AsSpan(from, Math.Min(length, bytes.Length - from)).CopyTo(bytes.AsSpan(at, length));
                    break;
            }
        }

        return bytes;
    }
}
