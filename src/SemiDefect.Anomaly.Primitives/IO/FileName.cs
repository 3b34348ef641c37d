using System.Text;

namespace SemiDefect.Anomaly.IO;

/// <summary>The limit of file systems on the name of a file. Stateless.</summary>
public static class FileName
{
    /// <summary>The bytes in UTF-8 that a name can have on common file systems.</summary>
    public const int LongestBytes = 255;

    /// <summary>A name, cut at its end to a number of bytes in UTF-8, between characters.</summary>
    public static string Cut(string name, int bytes)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        int length = name.Length;
        while (Encoding.UTF8.GetByteCount(name.AsSpan(0, length)) > bytes)
        {
            length -= length > 1 && char.IsLowSurrogate(name[length - 1]) && char.IsHighSurrogate(name[length - 2])
                ? 2
                : 1;
        }

        return name[..length];
    }
}
