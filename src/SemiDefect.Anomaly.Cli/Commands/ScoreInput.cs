using SemiDefect.Anomaly.Sources;

namespace SemiDefect.Anomaly.Cli.Commands;

/// <summary>The images to score, with their paths and their names in results and output files.</summary>
/// <param name="Items">The images, in the order of the arguments, and in ordinal order within a folder.</param>
internal sealed record ScoreInput(IReadOnlyList<ScoreItem> Items)
{
    /// <summary>Collects the images, expanding folders.</summary>
    public static ScoreInput Collect(IReadOnlyList<string> arguments)
    {
        var items = new List<ScoreItem>();
        var taken = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (string argument in arguments)
        {
            string shown = argument.Replace('\\', '/').TrimEnd('/');
            if (!Directory.Exists(argument))
            {
                items.Add(new ScoreItem(argument, shown, FreeName(Path.GetFileNameWithoutExtension(argument), taken)));
                continue;
            }

            // With several arguments, output files go to a subfolder with the name of their input folder.
            string below = arguments.Count > 1
                ? $"{Path.GetFileName(Path.GetFullPath(argument).TrimEnd(Path.DirectorySeparatorChar))}/"
                : string.Empty;
            foreach (FolderImage item in ImageFolder.Open(argument).Items)
            {
                string stem = item.RelativePath[..^Path.GetExtension(item.RelativePath).Length];
                items.Add(new ScoreItem(item.FullPath, $"{shown}/{item.RelativePath}", FreeName(below + stem, taken)));
            }
        }

        return new ScoreInput(items);
    }

    private static string FreeName(string name, HashSet<string> taken)
    {
        string free = name;
        for (int i = 2; !taken.Add(free); i++)
        {
            free = $"{name}-{i}";
        }

        return free;
    }
}
