using System.CommandLine;
using System.Globalization;
using SemiDefect.Anomaly.Imaging;

namespace SemiDefect.Anomaly.Cli;

/// <summary>The options that say which samples of deep pictures become black and white.</summary>
internal sealed class WindowOption
{
    private const string OfFile = "file";

    private readonly Option<string?> _window = new("--window")
    {
        Description = "For DICOM, 16-bit and floating-point images: the samples that become black and white, such as "
            + "-200:800; or file, for the window of each DICOM file. By default, the full range.",
        HelpName = "LOW:HIGH|file",
    };

    private readonly Option<string?> _percentiles = new("--window-percentiles")
    {
        Description = "For DICOM, 16-bit and floating-point images: the percentiles of each image that become black "
            + "and white, such as 0.5:99.5.",
        HelpName = "LOW:HIGH",
    };

    /// <summary>The options.</summary>
    public IReadOnlyList<Option> All => [_window, _percentiles];

    /// <summary>What was chosen; the full range by default.</summary>
    /// <exception cref="UsageException">A value is invalid.</exception>
    public IntensityRange Read(ParseResult parsed)
    {
        string? window = parsed.GetValue(_window);
        if (parsed.GetValue(_percentiles) is { } percentiles)
        {
            (double low, double high) = Pair(percentiles, _percentiles.Name);
            return window is null
                ? UsageException.Guard(() => IntensityRange.Percentiles(low, high))
                : throw new UsageException("--window and --window-percentiles exclude each other; give one of them.");
        }

        if (window is null || window.Equals(OfFile, StringComparison.OrdinalIgnoreCase))
        {
            return window is null ? IntensityRange.Full : IntensityRange.FileWindow;
        }

        (double from, double to) = Pair(window, _window.Name);
        return UsageException.Guard(() => IntensityRange.Window(from, to));
    }

    private static (double Low, double High) Pair(string text, string option)
    {
        string[] parts = text.Split(':');
        return parts.Length == 2
            && double.TryParse(parts[0], NumberStyles.Float, CultureInfo.InvariantCulture, out double low)
            && double.TryParse(parts[1], NumberStyles.Float, CultureInfo.InvariantCulture, out double high)
            ? (low, high)
            : throw new UsageException($"{option} must be two numbers like 100:900, not '{text}'.");
    }
}
