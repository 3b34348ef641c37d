namespace SemiDefect.Anomaly.Evaluation.Layouts;

/// <summary>
/// A list of images: a column of paths, one of labels, and optionally mask, split (train, validation, test) and object.
/// VisA's 1cls.csv (object, split, label, image, mask) and DACON's lists (img_path, label) are such. Stateless.
/// </summary>
internal static class CsvLayout
{
    private static readonly string[] PathColumns =
        ["path", "img_path", "image_path", "image", "img", "file", "filename", "file_name", "filepath", "file_path"];

    private static readonly string[] MaskColumns = ["mask", "mask_path"];

    /// <summary>Reads a list; one data set for each object that it names, in ordinal order.</summary>
    /// <exception cref="SemiDefectException">The list cannot be understood.</exception>
    public static IReadOnlyList<DatasetContent> Read(string path, string text)
    {
        CsvTable table = CsvTable.Parse(path, text);
        int pathColumn = Find(table, PathColumns) ?? table.Require(PathColumns[0]);
        int labelColumn = table.Find("label") ?? table.Require("label");
        int? maskColumn = Find(table, MaskColumns);
        int? splitColumn = table.Find("split");
        int? objectColumn = table.Find("object");
        if (table.Rows.Count == 0)
        {
            throw new SemiDefectException($"'{path}' contains no images.");
        }

        foreach (string[] row in table.Rows)
        {
            RequireFilled(path, row, row[pathColumn], "path");
            RequireFilled(path, row, row[labelColumn], "label");
        }

        string folder = BaseOf(path, table.Rows[0][pathColumn]);
        LabelColumn labels = LabelColumn.Of(table.Rows.Select(row => row[labelColumn].Trim()), path);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var images = new List<(string Object, LabeledImage Image, ImageSplit Split)>(table.Rows.Count);
        foreach (string[] row in table.Rows)
        {
            LabeledImage image = ImageOf(
                path, folder, row[pathColumn], labels.Read(row[labelColumn].Trim()), At(row, maskColumn));
            if (!seen.Add(image.Path))
            {
                throw new SemiDefectException(
                    $"'{path}' lists '{ListFile.Printable(image.Path)}' twice: remove one of the rows.");
            }

            images.Add((
                At(row, objectColumn),
                image,
                splitColumn is null ? ImageSplit.None : SplitOf(path, At(row, splitColumn))));
        }

        bool hasSeveral = images.Select(image => image.Object).Distinct(StringComparer.Ordinal).Count() > 1;
        return
        [
            .. images.GroupBy(image => image.Object, StringComparer.Ordinal)
                .OrderBy(group => group.Key, StringComparer.Ordinal)
                .Select(group => DatasetContent.Of(
                    "csv list",
                    folder,
                    group.Select(image => (image.Image, image.Split)),
                    splitColumn is not null) with
                {
                    Name = hasSeveral ? group.Key : null,
                    Remark = CsvReader.Describe(text),
                })
        ];
    }

    /// <summary>The paths of the images in a list, which may have no labels.</summary>
    /// <exception cref="SemiDefectException">The list cannot be understood.</exception>
    public static (IReadOnlyList<(string Path, string FullPath)> Images, string? Remark) ReadPaths(string path)
    {
        string text = ListFile.ReadText(path);
        CsvTable table = CsvTable.Parse(path, text);
        int column = Find(table, PathColumns) ?? table.Require(PathColumns[0]);
        string folder = table.Rows.Count == 0 ? string.Empty : BaseOf(path, table.Rows[0][column]);
        return (
            [
                .. table.Rows.Select(row => ListFile.Normalize(row[column]))
                    .Select(image => (image, FullPathOf(path, folder, image)))
                    .DistinctBy(image => image.Item2, StringComparer.Ordinal)
            ],
            CsvReader.Describe(text));
    }

    private static LabeledImage ImageOf(
        string path,
        string folder,
        string imagePath,
        (bool IsGood, string Type) label,
        string mask)
    {
        string relative = ListFile.Normalize(imagePath);
        (bool isGood, string type) = label;
        return new LabeledImage(
            relative,
            FullPathOf(path, folder, relative),
            type,
            !isGood,
            isGood || mask.Length == 0 ? null : FullPathOf(path, folder, ListFile.Normalize(mask)));
    }

    private static void RequireFilled(string path, string[] row, string field, string column)
    {
        if (string.IsNullOrWhiteSpace(field))
        {
            throw new SemiDefectException(
                $"'{path}' has a row without {column} ({ListFile.Printable(string.Join(',', row))}): fill it in.");
        }
    }

    private static string FullPathOf(string path, string folder, string relative) =>
        relative.Contains('\0', StringComparison.Ordinal)
            ? throw new SemiDefectException(
                $"'{path}' contains an invalid file name '{ListFile.Printable(relative)}': correct the row.")
            : Path.GetFullPath(Path.Combine(folder, relative));

    // VisA's lists are in split_csv, and name the images from the folder above.
    private static string BaseOf(string path, string image)
    {
        string folder = Path.GetDirectoryName(path)!;
        return ListFile.FindBase(ListFile.Normalize(image), folder, Path.GetDirectoryName(folder));
    }

    private static int? Find(CsvTable table, string[] columns) =>
        columns.Select(table.Find).FirstOrDefault(column => column is not null);

    private static string At(string[] row, int? column) => column is { } index ? row[index].Trim() : string.Empty;

    private static ImageSplit SplitOf(string path, string word) =>
        word.Length == 0 ? ImageSplit.Unlabeled
        : FolderWords.SplitOf(word) is var split && split != ImageSplit.None ? split
        : throw new SemiDefectException(
            $"'{path}' has the split '{ListFile.Printable(word)}', which is not understood: write train, validation or "
                + "test.");
}
