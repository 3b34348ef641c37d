using System.Text.Json;

namespace SemiDefect.Anomaly.Evaluation.Layouts;

/// <summary>
/// A list of Real-IAD: train and test, each with image_path, anomaly_class and mask_path, below a folder of the images
/// (realiad_1024 and the like, beside the folder of lists) and the prefix of the list. Stateless.
/// </summary>
internal static class RealIadLayout
{
    private static readonly string[] ImageFolders =
        ["", "realiad_1024", "realiad_512", "realiad_256", "realiad_raw", "Real-IAD"];

    public static DatasetContent Read(string path, JsonElement root)
    {
        JsonElement meta = root.TryGetProperty("meta", out JsonElement found) ? found : default;
        string prefix = TextOf(meta, "prefix") is { Length: > 0 } text
            ? JsonLayouts.PathOf(path, text).TrimEnd('/')
            : string.Empty;
        string good = TextOf(meta, "normal_class") ?? "OK";
        var items = new List<(JsonElement Item, ImageSplit Split)>();
        foreach ((string part, ImageSplit split) in new[] { ("train", ImageSplit.Train), ("test", ImageSplit.Test) })
        {
            if (root.TryGetProperty(part, out JsonElement list))
            {
                items.AddRange(list.EnumerateArray().Select(item => (item, split)));
            }
        }

        if (items.Count == 0)
        {
            throw new SemiDefectException($"'{path}' contains no images.");
        }

        string Relative(JsonElement item, string name)
        {
            string image = JsonLayouts.PathOf(path, TextOf(item, name));
            return prefix.Length == 0 ? image : $"{prefix}/{image}";
        }

        string own = Path.GetDirectoryName(path)!;
        string? above = Path.GetDirectoryName(own);
        string folder = ListFile.FindBase(
            Relative(items[0].Item, "image_path"),
            [.. new[] { own, above }.OfType<string>().SelectMany(_ => ImageFolders, Path.Combine)]);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        return DatasetContent.Of(
            "Real-IAD",
            folder,
            items.Select(item =>
            {
                string image = Relative(item.Item, "image_path");
                if (!seen.Add(image))
                {
                    throw new SemiDefectException($"'{path}' lists '{ListFile.Printable(image)}' twice: remove one.");
                }

                string type = TextOf(item.Item, "anomaly_class")
                    ?? throw new SemiDefectException(
                        $"'{path}': '{ListFile.Printable(image)}' has no anomaly_class: add it.");
                bool isGood = type == good || LabelWords.Of(type) == LabelMeaning.Good;
                bool hasMask = !isGood && !string.IsNullOrEmpty(TextOf(item.Item, "mask_path"));
                return (
                    new LabeledImage(
                        image,
                        Path.GetFullPath(Path.Combine(folder, image)),
                        isGood ? LabeledDataset.Good : type,
                        !isGood,
                        hasMask ? Path.GetFullPath(Path.Combine(folder, Relative(item.Item, "mask_path"))) : null),
                    item.Split);
            }),
            hasSplit: true);
    }

    private static string? TextOf(JsonElement item, string name) =>
        item.ValueKind == JsonValueKind.Object
            && item.TryGetProperty(name, out JsonElement value)
            && value.ValueKind == JsonValueKind.String
                ? value.GetString()
                : null;
}
