using System.CommandLine;
using System.Globalization;
using SemiDefect.Anomaly.Imaging;

namespace SemiDefect.Anomaly.Cli;

/// <summary>The choice of a page of files with several pages.</summary>
internal sealed class PageOption
{
    private const string All = "all";

    /// <summary>The option.</summary>
    public Option<string?> Option { get; } = new("--page")
    {
        Description = "The page of files with several pages (TIFF, frames of DICOM), from 1; or all, for each page as "
            + "an image of its own. By default, the first page.",
        HelpName = "N|all",
    };

    /// <summary>Whether each page is an image of its own.</summary>
    public bool IsAll(ParseResult parsed) =>
        string.Equals(parsed.GetValue(Option), All, StringComparison.OrdinalIgnoreCase);

    /// <summary>The page; null if none is chosen.</summary>
    /// <exception cref="UsageException">The value is invalid.</exception>
    public int? Read(ParseResult parsed)
    {
        if (parsed.GetValue(Option) is not { } text || IsAll(parsed))
        {
            return null;
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int page)
            && page is >= 1 and <= ImageReading.LargestPage
            ? page
            : throw new UsageException(
                $"--page must be a number from 1 to {ImageReading.LargestPage} or all, not '{text}'.");
    }
}
