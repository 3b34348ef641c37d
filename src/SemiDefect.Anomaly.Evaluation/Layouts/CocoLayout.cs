using System.Text.Json;

namespace SemiDefect.Anomaly.Evaluation.Layouts;

/// <summary>
/// COCO annotations: an image without boxes is good; boxes stand for masks. The file's name or folder says train, val
/// or test. Stateless.
/// </summary>
internal static class CocoLayout
{
    public static DatasetContent Read(string path, JsonElement root)
    {
        Dictionary<long, string> names = [];
        if (root.TryGetProperty("categories", out JsonElement categories))
        {
            foreach (JsonElement category in categories.EnumerateArray())
            {
                names[category.GetProperty("id").GetInt64()] = category.GetProperty("name").GetString() ?? "defect";
            }
        }

        var boxes = new Dictionary<long, List<(double[] Box, string Type)>>();
        foreach (JsonElement annotation in root.GetProperty("annotations").EnumerateArray())
        {
            string type = names.GetValueOrDefault(annotation.GetProperty("category_id").GetInt64(), "defect");
            if (LabelWords.Of(type) == LabelMeaning.Good)
            {
                continue;
            }

            long image = annotation.GetProperty("image_id").GetInt64();
            double[] box = [.. annotation.GetProperty("bbox").EnumerateArray().Select(value => value.GetDouble())];
            if (box.Length != 4 || !box.All(double.IsFinite))
            {
                throw new SemiDefectException($"'{path}' has a bbox that is not four numbers: export it again.");
            }

            if (!boxes.TryGetValue(image, out List<(double[], string)>? list))
            {
                boxes.Add(image, list = []);
            }

            list.Add((box, type));
        }

        JsonElement[] images = [.. root.GetProperty("images").EnumerateArray()];
        if (images.Length == 0)
        {
            throw new SemiDefectException($"'{path}' contains no images.");
        }

        string folder = FolderOf(path, JsonLayouts.PathOf(path, images[0].GetProperty("file_name").GetString()));
        ImageSplit split = SplitOf(path);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        return DatasetContent.Of(
            "COCO",
            folder,
            images.Select(image =>
            {
                string relative = JsonLayouts.PathOf(path, image.GetProperty("file_name").GetString());
                if (!seen.Add(relative))
                {
                    throw new SemiDefectException(
                        $"'{path}' lists '{ListFile.Printable(relative)}' twice: remove one.");
                }

                List<(double[] Box, string Type)>? own = boxes.GetValueOrDefault(image.GetProperty("id").GetInt64());
                DefectMask? mask = own is null
                    ? null
                    : new DefectMask([])
                    {
                        Boxes =
                        [
                            .. own.Select(box =>
                                BoxOf(box.Box, SizeOf(path, image, "width"), SizeOf(path, image, "height")) with
                                {
                                    Type = box.Type,
                                })
                        ],
                    };
                return (
                    LabeledImage.With(
                        mask,
                        relative,
                        Path.GetFullPath(Path.Combine(folder, relative)),
                        own is null ? LabeledDataset.Good : own[0].Type,
                        own is not null),
                    split);
            }),
            hasSplit: split != ImageSplit.None) with
        { Remark = "boxes stand for masks" };
    }

    /// <summary>Joins the parts of a data set in one folder.</summary>
    public static DatasetContent Join(string root, IReadOnlyList<DatasetContent> parts)
    {
        LabeledImage FromRoot(LabeledImage image) =>
            image with { Path = Path.GetRelativePath(root, image.FullPath).Replace('\\', '/') };
        return DatasetContent.Of(
            "COCO",
            root,
            parts.SelectMany(part =>
                part.Training.Select(image => (FromRoot(image), ImageSplit.Train))
                    .Concat(part.Test.Select(image => (FromRoot(image), part.TestSplit)))),
            hasSplit: parts.Any(part => part.HasSplit),
            parts.SelectMany(part => part.LeftOut)) with
        {
            Remark = "boxes stand for masks",
            TrainingAbnormal = [.. parts.SelectMany(part => part.TrainingAbnormal).Select(FromRoot)],
        };
    }

    private static int SizeOf(string path, JsonElement image, string name) =>
        image.GetProperty(name).GetInt32() is var size && size > 0
            ? size
            : throw new SemiDefectException($"'{path}' has an image of {name} {size}: export it again.");

    private static MaskBox BoxOf(double[] box, int width, int height) => new(
        Math.Clamp(box[0] / width, 0, 1),
        Math.Clamp(box[1] / height, 0, 1),
        Math.Clamp((box[0] + Math.Max(0, box[2])) / width, 0, 1),
        Math.Clamp((box[1] + Math.Max(0, box[3])) / height, 0, 1));

    // instances_train2017.json in annotations, beside train2017 or images/train2017; or in the folder of the images.
    private static string FolderOf(string path, string image)
    {
        string own = Path.GetDirectoryName(path)!;
        string above = Path.GetDirectoryName(own) ?? own;
        string part = Path.GetFileNameWithoutExtension(path);
        part = part[(part.LastIndexOf('_') + 1)..];
        return ListFile.FindBase(
            image,
            own,
            Path.Combine(own, "images"),
            above,
            Path.Combine(above, "images"),
            Path.Combine(above, part),
            Path.Combine(above, "images", part),
            Path.Combine(own, part));
    }

    private static ImageSplit SplitOf(string path) =>
        Path.GetFileNameWithoutExtension(path).Split('_', '.', '-')
            .Append(Path.GetFileName(Path.GetDirectoryName(path)) ?? string.Empty)
            .Select(word => FolderWords.SplitOf(word.TrimEnd('0', '1', '2', '3', '4', '5', '6', '7', '8', '9')))
            .FirstOrDefault(split => split != ImageSplit.None);
}
