using System.Globalization;
using SemiDefect.Anomaly.Sources;

namespace SemiDefect.Anomaly.Evaluation.Layouts;

/// <summary>
/// YOLO annotations: folders images and labels, in or above folders for train, val and test, with a text file of boxes
/// or outlines for each image, or text files beside the images; and the names of classes in data.yaml, classes.txt or
/// obj.names. An image without a box is good; boxes, also those around outlines, stand for masks. Stateless.
/// </summary>
internal sealed class YoloLayout : IFolderLayout
{
    private static readonly char[] Spaces = [' ', '\t'];

    public DatasetContent? Read(FolderListing listing)
    {
        Dictionary<string, string> labels = new(StringComparer.OrdinalIgnoreCase);
        foreach (string file in listing.OtherFiles)
        {
            string[] parts = file.Split('/');
            int at = Array.FindLastIndex(parts[..^1], part => LabelWords.Fold(part) == "labels");
            if (at >= 0 && file.EndsWith(".txt", StringComparison.OrdinalIgnoreCase))
            {
                labels.TryAdd(KeyOf(parts, at), file);
            }
        }

        (FolderImage Image, string Key)[] images =
        [
            .. labels.Count == 0 ? [] : listing.Images
                .Select(image => (Image: image, Parts: image.RelativePath.Split('/')))
                .Select(image => (
                    image.Image,
                    image.Parts,
                    At: Array.FindLastIndex(image.Parts[..^1], part => LabelWords.Fold(part) == "images")))
                .Where(image => image.At >= 0)
                .Select(image => (image.Image, KeyOf(image.Parts, image.At)))
        ];
        bool hasFolders = images.Any(image => labels.ContainsKey(image.Key));
        if (!hasFolders && !YoloNames.AreIn(listing))
        {
            return null;
        }

        if (!hasFolders)
        {
            // Text files beside the images, as darknet has them.
            labels = listing.OtherFiles
                .Where(file => file.EndsWith(".txt", StringComparison.OrdinalIgnoreCase))
                .DistinctBy(WithoutExtension, StringComparer.OrdinalIgnoreCase)
                .ToDictionary(WithoutExtension, StringComparer.OrdinalIgnoreCase);
            images = [.. listing.Images.Select(image => (image, WithoutExtension(image.RelativePath)))];
            if (!images.Any(image => labels.ContainsKey(image.Key)))
            {
                return null;
            }
        }

        (IReadOnlyDictionary<int, string> names, string? namesFile) = YoloNames.Read(listing);
        var items = images.Select(image =>
        {
            List<(string Type, MaskBox Box)> boxes = labels.TryGetValue(image.Key, out string? file)
                ? ReadBoxes(Path.Combine(listing.FullPath, file), names, namesFile)
                : [];
            DefectMask? mask = boxes.Count == 0
                ? null
                : new DefectMask([]) { Boxes = [.. boxes.Select(box => box.Box with { Type = box.Type })] };
            return (
                LabeledImage.With(
                    mask,
                    image.Image.RelativePath,
                    image.Image.FullPath,
                    mask is null ? LabeledDataset.Good : boxes[0].Type,
                    mask is not null),
                image.Image.RelativePath.Split('/').SkipLast(1).Select(FolderWords.SplitOf)
                    .FirstOrDefault(split => split != ImageSplit.None));
        }).ToArray();
        return DatasetContent.Of(
            "YOLO",
            listing.FullPath,
            items,
            hasSplit: items.Any(item => item.Item2 != ImageSplit.None)) with
        { Remark = "boxes stand for masks" };
    }

    private static string WithoutExtension(string file) => Path.ChangeExtension(file, null);

    private static string KeyOf(string[] parts, int at) =>
        string.Join('/', [.. parts[..at], .. parts[(at + 1)..^1], Path.GetFileNameWithoutExtension(parts[^1])]);

    private static List<(string Type, MaskBox Box)> ReadBoxes(
        string path,
        IReadOnlyDictionary<int, string> names,
        string? namesFile)
    {
        var boxes = new List<(string, MaskBox)>();
        if (new FileInfo(path).Length == 0)
        {
            return boxes;
        }

        string[] lines = ListFile.ReadText(path).Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries);
        foreach (string line in lines.Where(line => !string.IsNullOrWhiteSpace(line)))
        {
            string[] parts = line.Split(Spaces, StringSplitOptions.RemoveEmptyEntries);
            var numbers = new double[parts.Length];
            for (int i = 0; i < parts.Length; i++)
            {
                if (!double.TryParse(parts[i], NumberStyles.Float, CultureInfo.InvariantCulture, out numbers[i])
                    || !double.IsFinite(numbers[i]))
                {
                    throw Wrong(path, line);
                }
            }

            MaskBox box = BoxOf(numbers) ?? throw Wrong(path, line);
            string type = namesFile is null ? $"class {parts[0]}"
                : names.TryGetValue((int)numbers[0], out string? name) && numbers[0] == (int)numbers[0] ? name
                : throw new SemiDefectException(
                    $"'{path}' has a box of the class {parts[0]}, which '{namesFile}' does not name: add it there.");

            // What is marked as good is no defect.
            if (namesFile is null || LabelWords.Of(type) != LabelMeaning.Good)
            {
                boxes.Add((type, box));
            }
        }

        return boxes;
    }

    // Class, center and size; or class and the corners of an outline.
    private static MaskBox? BoxOf(double[] numbers)
    {
        if (numbers.Length is 5 or 6)
        {
            (double x, double y, double width, double height) = (numbers[1], numbers[2], numbers[3], numbers[4]);
            return width < 0 || height < 0
                ? null
                : new MaskBox(
                    Math.Clamp(x - width / 2, 0, 1),
                    Math.Clamp(y - height / 2, 0, 1),
                    Math.Clamp(x + width / 2, 0, 1),
                    Math.Clamp(y + height / 2, 0, 1));
        }

        if (numbers.Length < 7 || numbers.Length % 2 == 0)
        {
            return null;
        }

        double[] across = [.. numbers.Skip(1).Where((_, i) => i % 2 == 0).Select(value => Math.Clamp(value, 0, 1))];
        double[] down = [.. numbers.Skip(1).Where((_, i) => i % 2 == 1).Select(value => Math.Clamp(value, 0, 1))];
        return new MaskBox(across.Min(), down.Min(), across.Max(), down.Max());
    }

    private static SemiDefectException Wrong(string path, string line) =>
        new($"'{path}' has a line that is no box of YOLO ('{ListFile.Printable(line)}'): a class and four "
            + "numbers, or the corners of an outline.");
}
