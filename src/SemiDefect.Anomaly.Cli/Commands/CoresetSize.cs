using System.Globalization;
using SemiDefect.Anomaly.Search.Coresets;

namespace SemiDefect.Anomaly.Cli.Commands;

/// <summary>Parses the size of a memory bank.</summary>
internal static class CoresetSize
{
    /// <summary>Parses a fraction such as 0.1, or a number of patches such as 5000.</summary>
    /// <exception cref="UsageException">The text is neither.</exception>
    public static (double? Fraction, int? Count) Read(string text)
    {
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int count))
        {
            return (null, count);
        }

        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double fraction)
            ? (fraction, null)
            : throw new UsageException(
                $"--coreset must be a fraction such as 0.1 or a number of patches such as 5000, not '{text}'.");
    }

    /// <summary>Parses a size as options of the exact method.</summary>
    public static CoresetOptions Parse(string text, int threads)
    {
        (double? fraction, int? count) = Read(text);
        return new CoresetOptions(fraction, count, threads: threads);
    }
}
