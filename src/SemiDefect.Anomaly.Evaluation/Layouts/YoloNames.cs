using System.Globalization;
using SemiDefect.Anomaly.Sources;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace SemiDefect.Anomaly.Evaluation.Layouts;

/// <summary>
/// The names of the classes of a YOLO data set: the key names of data.yaml or another YAML file at its root (a list, or
/// a map from numbers), or the lines of classes.txt or obj.names. Stateless.
/// </summary>
internal static class YoloNames
{
    private static readonly string[] Extensions = [".yaml", ".yml"];
    private static readonly string[] Lists = ["classes.txt", "obj.names"];

    /// <summary>Whether a folder has a list of the names of classes.</summary>
    public static bool AreIn(FolderListing listing) => listing.OtherFiles.Any(IsList);

    /// <summary>The names by number, and the file that has them; empty and null if there is none.</summary>
    /// <exception cref="SemiDefectException">A file is not understood.</exception>
    public static (IReadOnlyDictionary<int, string> Names, string? File) Read(FolderListing listing)
    {
        foreach (string file in listing.OtherFiles
            .Where(file => !file.Contains('/', StringComparison.Ordinal)
                && Extensions.Contains(Path.GetExtension(file), StringComparer.OrdinalIgnoreCase))
            .OrderBy(file => Path.GetFileNameWithoutExtension(file).Equals("data", StringComparison.OrdinalIgnoreCase)
                ? 0
                : 1)
            .ThenBy(file => file, StringComparer.Ordinal))
        {
            if (ReadYaml(Path.Combine(listing.FullPath, file)) is { } names)
            {
                return (names, file);
            }
        }

        return listing.OtherFiles.FirstOrDefault(IsList) is { } list
            ? (ReadLines(Path.Combine(listing.FullPath, list)), list)
            : (new Dictionary<int, string>(), null);
    }

    private static bool IsList(string file) =>
        Lists.Contains(file.Split('/')[^1], StringComparer.OrdinalIgnoreCase);

    private static Dictionary<int, string>? ReadYaml(string path)
    {
        var stream = new YamlStream();
        try
        {
            stream.Load(new StringReader(ListFile.ReadText(path)));
        }
        catch (YamlException error)
        {
            throw new SemiDefectException(
                $"'{path}' is not YAML: {ListFile.Printable(error.Message)} Correct it, or remove it.", error);
        }

        if (stream.Documents.Count == 0
            || stream.Documents[0].RootNode is not YamlMappingNode root
            || !root.Children.TryGetValue(new YamlScalarNode("names"), out YamlNode? names))
        {
            return null;
        }

        IEnumerable<(YamlNode Key, YamlNode Name)> entries = names switch
        {
            YamlSequenceNode list => list.Children.Select((name, i) =>
                ((YamlNode)new YamlScalarNode(i.ToString(CultureInfo.InvariantCulture)), name)),
            YamlMappingNode map => map.Children.Select(entry => (entry.Key, entry.Value)),
            _ => throw Wrong(path),
        };
        var result = new Dictionary<int, string>();
        foreach ((YamlNode key, YamlNode name) in entries)
        {
            if (key is not YamlScalarNode { Value: { } number }
                || name is not YamlScalarNode { Value: { Length: > 0 } text }
                || !int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out int index)
                || !result.TryAdd(index, text.Trim()))
            {
                throw Wrong(path);
            }
        }

        return result;
    }

    private static Dictionary<int, string> ReadLines(string path) =>
        ListFile.ReadText(path)
            .Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Index()
            .ToDictionary(line => line.Index, line => line.Item);

    private static SemiDefectException Wrong(string path) =>
        new($"'{path}' has names that are neither a list nor a map from the numbers of classes: correct them.");
}
