using System.Text.Json;

namespace SemiDefect.Anomaly.Evaluation.Layouts;

/// <summary>Reads annotations in JSON: Real-IAD (Wang et al. 2024) or COCO (Lin et al. 2014). Stateless.</summary>
internal static class JsonLayouts
{
    /// <summary>Reads a file.</summary>
    /// <exception cref="SemiDefectException">It is not JSON, or in neither format.</exception>
    public static DatasetContent Read(string path)
    {
        string text = ListFile.ReadText(path);
        try
        {
            using JsonDocument document = JsonDocument.Parse(text);
            JsonElement root = document.RootElement;
            bool isObject = root.ValueKind == JsonValueKind.Object;
            return isObject && root.TryGetProperty("images", out _) && root.TryGetProperty("annotations", out _)
                    ? CocoLayout.Read(path, root)
                : isObject && root.TryGetProperty("test", out JsonElement test) && test.ValueKind == JsonValueKind.Array
                    ? RealIadLayout.Read(path, root)
                : throw new SemiDefectException(
                    $"'{path}' is neither a list of Real-IAD (train, test) nor COCO annotations (images, annotations): "
                        + "give the folder of the data set, or a csv file with the columns path and label.");
        }
        catch (Exception error)
            when (error is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw new SemiDefectException(
                $"'{path}' cannot be read as annotations: {ListFile.Printable(error.Message)} Export it again.",
                error);
        }
    }

    /// <summary>Reads the COCO annotations of a folder, one file for each part.</summary>
    /// <exception cref="SemiDefectException">A file is not in this format.</exception>
    public static DatasetContent ReadCoco(string root, IReadOnlyList<string> files)
    {
        DatasetContent[] contents = [.. files.Select(file => Read(Path.Combine(root, file)))];
        return contents.Length == 1 ? contents[0] : CocoLayout.Join(root, contents);
    }

    /// <summary>A path in the file, brought to one form.</summary>
    public static string PathOf(string file, string? text) =>
        string.IsNullOrWhiteSpace(text) || text.Contains('\0', StringComparison.Ordinal)
            ? throw new SemiDefectException($"'{file}' has an image without a valid path: correct it.")
            : ListFile.Normalize(text);
}
