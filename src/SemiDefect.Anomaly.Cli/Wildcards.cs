using System.IO.Enumeration;
using SemiDefect.Anomaly.Sources;

namespace SemiDefect.Anomaly.Cli;

/// <summary>
/// Expands * and ? in paths, as shells of Unix do before a program starts and those of Windows do not. Stateless.
/// </summary>
internal static class Wildcards
{
    /// <summary>
    /// The paths that each argument stands for, in ordinal order; an argument that exists as it is, or has no wildcard,
    /// stands for itself.
    /// </summary>
    /// <exception cref="SemiDefectException">A wildcard matches nothing.</exception>
    public static IReadOnlyList<string> Expand(IEnumerable<string> arguments)
    {
        var paths = new List<string>();
        foreach (string argument in arguments)
        {
            if (argument.AsSpan().IndexOfAny('*', '?') < 0 || File.Exists(argument) || Directory.Exists(argument))
            {
                paths.Add(argument);
                continue;
            }

            List<string> found = Match(argument);
            paths.AddRange(
                found.Count > 0
                    ? found
                    : throw new SemiDefectException($"Nothing matches '{argument}': check the path."));
        }

        return paths;
    }

    /// <summary>The path that an argument for a single path stands for.</summary>
    /// <exception cref="SemiDefectException">A wildcard matches nothing.</exception>
    /// <exception cref="UsageException">A wildcard matches several paths.</exception>
    public static string One(string argument) => Expand([argument]) is var found && found.Count == 1
        ? found[0]
        : throw new UsageException(
            $"'{argument}' matches {found.Count} paths, '{found[0]}' first, where one is expected: give its name.");

    private static List<string> Match(string pattern)
    {
        string root = Path.GetPathRoot(pattern) ?? string.Empty;
        string[] parts = pattern[root.Length..].Split(
            [Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar], StringSplitOptions.RemoveEmptyEntries);
        List<string> paths = [root];
        for (int i = 0; i < parts.Length; i++)
        {
            bool isLast = i == parts.Length - 1;
            paths =
            [
                .. paths.SelectMany(path => parts[i].AsSpan().IndexOfAny('*', '?') < 0
                    ? Existing(Path.Combine(path, parts[i]), isLast)
                    : Matching(path, parts[i], isLast))
            ];
        }

        paths.Sort(StringComparer.Ordinal);
        return paths;
    }

    private static IEnumerable<string> Existing(string path, bool isLast) =>
        Directory.Exists(path) || (isLast && File.Exists(path)) ? [path] : [];

    private static IEnumerable<string> Matching(string folder, string pattern, bool isLast)
    {
        try
        {
            return
            [
                .. new DirectoryInfo(folder.Length == 0 ? "." : folder).EnumerateFileSystemInfos()
                    .Where(entry => (isLast || entry is DirectoryInfo)
                        && (pattern[0] == '.' || !FolderListing.IsPassedOver(entry.Name, entry is DirectoryInfo))
                        && FileSystemName.MatchesSimpleExpression(
                            pattern, entry.Name, ignoreCase: OperatingSystem.IsWindows()))
                    .Select(entry => Path.Combine(folder, entry.Name))
            ];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
