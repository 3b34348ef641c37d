using System.Globalization;

namespace SemiDefect.Anomaly.IO;

/// <summary>Parses and formats byte sizes: 512MiB, 4GiB, 1.5GB. Stateless and thread-safe.</summary>
public static class ByteSize
{
    private static readonly (string Unit, long Bytes)[] Units =
    [
        ("KiB", 1L << 10), ("MiB", 1L << 20), ("GiB", 1L << 30), ("TiB", 1L << 40),
        ("KB", 1_000), ("MB", 1_000_000), ("GB", 1_000_000_000), ("TB", 1_000_000_000_000),
        ("K", 1L << 10), ("M", 1L << 20), ("G", 1L << 30), ("T", 1L << 40), ("B", 1),
    ];

    /// <summary>Parses a byte size: a number with a unit (B, K, KB, KiB and so on), or a number only.</summary>
    /// <returns>Whether it is valid: 1 byte to 2^62.</returns>
    public static bool TryParse(string text, out long bytes)
    {
        ArgumentNullException.ThrowIfNull(text);
        text = text.Trim();
        (string unit, long size) =
            Units.FirstOrDefault(entry => text.EndsWith(entry.Unit, StringComparison.OrdinalIgnoreCase), ("", 1));
        bool isNumber = decimal.TryParse(
            text[..^unit.Length],
            NumberStyles.AllowDecimalPoint | NumberStyles.AllowTrailingWhite,
            CultureInfo.InvariantCulture,
            out decimal number);
        decimal most = 1L << 62;
        bytes = isNumber && number <= most / size ? (long)(number * size) : 0;
        return bytes >= 1;
    }

    /// <summary>Formats a byte size in KiB, MiB or GiB, rounded up to a tenth.</summary>
    public static string Format(long bytes)
    {
        (string unit, long size) = bytes < 1L << 20 ? ("KiB", 1L << 10)
            : bytes < 1L << 30 ? ("MiB", 1L << 20)
            : ("GiB", 1L << 30);
        return (Math.Ceiling(10m * bytes / size) / 10).ToString("0.#", CultureInfo.InvariantCulture) + unit;
    }
}
