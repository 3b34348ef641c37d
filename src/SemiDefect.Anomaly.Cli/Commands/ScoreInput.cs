using SemiDefect.Anomaly.Evaluation.Layouts;
using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.IO;
using SemiDefect.Anomaly.Sources;

namespace SemiDefect.Anomaly.Cli.Commands;

/// <summary>The images to score, with their paths and their names in results and output files.</summary>
/// <param name="Items">The images, in the order of the arguments, and in ordinal order within a folder.</param>
internal sealed record ScoreInput(IReadOnlyList<ScoreItem> Items)
{
    /// <summary>Collects the images, expanding folders and lists, and says what was passed over.</summary>
    public static ScoreInput Collect(IReadOnlyList<string> arguments, Action<string>? notice = null)
    {
        var items = new List<ScoreItem>();
        var taken = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (string argument in arguments)
        {
            string shown = argument.Replace('\\', '/').TrimEnd('/');
            bool isList = ImageSelection.IsList(argument);
            if (!isList && !Directory.Exists(argument))
            {
                items.Add(new ScoreItem(argument, shown, FreeName(Path.GetFileNameWithoutExtension(argument), taken)));
                continue;
            }

            // With several arguments, output files go to a subfolder with the name of their input folder.
            string below = arguments.Count > 1
                ? $"{Path.GetFileName(Path.GetFullPath(argument).TrimEnd(Path.DirectorySeparatorChar))}/"
                : string.Empty;
            ImageSelection selection = ImageSelection.ToInspect(argument);
            if (selection.Summary is { } summary)
            {
                notice?.Invoke($"{shown}: {summary}");
            }

            foreach (FolderImage item in selection.Images.Items)
            {
                string stem = item.RelativePath[..^Path.GetExtension(item.RelativePath).Length];
                items.Add(new ScoreItem(
                    item.FullPath,
                    isList ? item.RelativePath : $"{shown}/{item.RelativePath}",
                    FreeName(below + Inside(stem), taken)));
            }
        }

        return new ScoreInput(items);
    }

    /// <summary>
    /// The same images at a page, or each page of a file as an image of its own; by default at the page that the
    /// detector reads, and says so of files with several.
    /// </summary>
    public ScoreInput At(int? page, bool isEach, ImageReading reading, Action<string> notice)
    {
        if (page is not null)
        {
            return new ScoreInput([.. Items.Select(item => item with { Page = page })]);
        }

        int[] pages = [.. Items.Select(item => PageNotice.CountPages(item.FullPath, reading.Limits))];
        int several = pages.Count(count => count > 1);
        if (isEach)
        {
            return new ScoreInput(
            [
                .. Items.Zip(pages).SelectMany(item => item.Second == 1
                    ? [item.First]
                    : Enumerable.Range(1, item.Second).Select(each => item.First with
                    {
                        Name = $"{item.First.Name}#{each}",
                        OutputName = $"{item.First.OutputName}-page{each}",
                        Page = each,
                    }))
            ]);
        }

        if (several > 0)
        {
            notice(
                $"{several} of {Items.Count} images have several pages, "
                    + $"'{Items[Array.FindIndex(pages, count => count > 1)].Name}' first; only page {reading.Page} of "
                    + "each is scored (--page chooses another one, or all).");
        }

        return this;
    }

    // A list may name files above its folder, which is no place to write to.
    private static string Inside(string stem) =>
        string.Join('/', stem.Split('/').Where(part => part is not ("" or "..")));

    private static string FreeName(string name, HashSet<string> taken)
    {
        // Room for a number and for an extension that is longer than that of the image.
        const int Room = 16;
        int at = name.LastIndexOf('/') + 1;
        name = name[..at] + FileName.Cut(name[at..], FileName.LongestBytes - Room);
        string free = name;
        for (int i = 2; !taken.Add(free); i++)
        {
            free = $"{name}-{i}";
        }

        return free;
    }
}
