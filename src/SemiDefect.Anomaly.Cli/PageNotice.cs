using SemiDefect.Anomaly.Imaging;

namespace SemiDefect.Anomaly.Cli;

/// <summary>Says which images have several pages, of which only one is read. Stateless.</summary>
internal static class PageNotice
{
    /// <summary>Writes one line if an image has several pages.</summary>
    /// <param name="error">Where to write.</param>
    /// <param name="images">The paths of the images, with the names to show.</param>
    /// <param name="reading">How the images are read.</param>
    public static void Write(TextWriter error, IEnumerable<(string Path, string Name)> images, ImageReading reading)
    {
        (string Path, string Name)[] all = [.. images];
        string[] several =
            [.. all.Where(image => CountPages(image.Path, reading.Limits) > 1).Select(image => image.Name)];
        if (several.Length > 0)
        {
            error.WriteLine(
                $"semidefect: {several.Length} of {all.Length} images have several pages, "
                    + $"'{Output.Text.Printable(several[0])}' first; only page {reading.Page} of each is used.");
        }
    }

    /// <summary>The number of pages; 1 if the file cannot be read, which is said when its pixels are.</summary>
    public static int CountPages(string path, ImageLimits limits)
    {
        try
        {
            return ImageFile.CountPages(path, limits);
        }
        catch (ImageFormatException)
        {
            return 1;
        }
    }
}
