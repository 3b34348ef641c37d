using SemiDefect.Anomaly.Search.Numerics;

namespace SemiDefect.Anomaly.Imaging.Tests;

/// <summary>Changes that a failing disk, a broken transfer or an attacker makes to a file.</summary>
internal static class FileDamage
{
    /// <summary>
    /// Changes a byte or a bit, sets bytes to their extremes, or removes or repeats some bytes, at
    /// <paramref name="position"/>.
    /// </summary>
    public static void Change(List<byte> bytes, int position, SeededGenerator random)
    {
        switch (random.NextUInt64() % 6)
        {
            case 0:
                bytes[position] = (byte)random.NextUInt64();
                break;
            case 1:
                bytes[position] ^= (byte)(1 << (int)(random.NextUInt64() % 8));
                break;
            case 2:
                bytes[position] = (byte)(random.NextUInt64() % 2 == 0 ? 0 : 255);
                break;
            case 3:
                bytes.RemoveRange(position, Math.Min(bytes.Count - position, 1 + (int)(random.NextUInt64() % 16)));
                break;
            case 4:
                bytes.InsertRange(position, bytes.GetRange(position, Math.Min(bytes.Count - position, 16)));
                break;
            default:
                for (int k = position; k < Math.Min(bytes.Count, position + 4); k++)
                {
                    bytes[k] = 255;
                }

                break;
        }
    }
}
