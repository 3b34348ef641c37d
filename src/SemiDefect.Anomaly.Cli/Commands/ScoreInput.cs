using SemiDefect.Anomaly.Evaluation.Layouts;
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
