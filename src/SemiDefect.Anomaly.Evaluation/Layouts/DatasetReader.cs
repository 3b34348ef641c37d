using SemiDefect.Anomaly.Sources;

namespace SemiDefect.Anomaly.Evaluation.Layouts;

/// <summary>
/// Finds the layout of a folder or a list. All that reads data sets reads them through this class, so that a check, a
/// fit and an evaluation understand them alike. Stateless.
/// </summary>
internal static class DatasetReader
{
    /// <summary>The layouts understood, for messages.</summary>
    public const string Known =
        "Understood are MVTec AD (train/good, test/good, test/TYPE, ground_truth/TYPE), MVTec AD 2, MVTec LOCO, "
            + "MVTec 3D, BTAD, VisA, KolektorSDD, folders good and bad (or OK and NG, 양품 and 불량, ...), YOLO, COCO, "
            + "lists of Real-IAD and ELPV, and csv files with the columns path and label; see docs/datasets.md.";

    // From the most to the least particular.
    private static readonly IFolderLayout[] Layouts =
        [new YoloLayout(), new KolektorLayout(), new MvtecLayout(), new LabelFolderLayout()];

    /// <summary>Lists a folder with data sets.</summary>
    public static FolderListing List(string root) => FolderListing.Read(root, isApart: true);

    /// <summary>Reads a folder; null if it is in no layout, such as a folder of good images.</summary>
    /// <exception cref="SemiDefectException">Its layout is known, but something is wrong with it.</exception>
    public static DatasetContent? ReadFolder(FolderListing listing)
    {
        string[] annotations = [.. listing.OtherFiles.Where(IsCoco)];
        return annotations.Length > 0 && listing.Images.Count > 0
            ? JsonLayouts.ReadCoco(listing.FullPath, annotations)
            : Layouts.Select(layout => layout.Read(listing)).FirstOrDefault(content => content is not null);
    }

    /// <summary>
    /// Reads a folder of labeled defects: a data set, or folders named after types of defects; null if it is neither.
    /// </summary>
    /// <exception cref="SemiDefectException">Its layout is known, but something is wrong with it.</exception>
    public static DatasetContent? ReadDefects(FolderListing listing)
    {
        string[] annotations = [.. listing.OtherFiles.Where(IsCoco)];
        return annotations.Length > 0 && listing.Images.Count > 0
            ? JsonLayouts.ReadCoco(listing.FullPath, annotations)
            : Layouts.Where(layout => layout is not LabelFolderLayout)
                .Select(layout => layout.Read(listing))
                .FirstOrDefault(content => content is not null)
                ?? LabelFolderLayout.ReadTypes(listing);
    }

    /// <summary>Reads a list or annotations; several data sets if the list names several objects.</summary>
    /// <exception cref="SemiDefectException">The file is not understood.</exception>
    public static IReadOnlyList<DatasetContent> ReadFile(string path)
    {
        string extension = Path.GetExtension(path);
        if (extension.Equals(".json", StringComparison.OrdinalIgnoreCase))
        {
            return [JsonLayouts.Read(path)];
        }

        if (!IsList(path))
        {
            throw new SemiDefectException(
                $"'{path}' is neither a folder nor a list: give the folder of a data set, or a csv file with the "
                    + "columns path and label.");
        }

        string text = ListFile.ReadText(path);
        return ElpvLayout.Read(path, text) is { } elpv ? [elpv] : CsvLayout.Read(path, text);
    }

    /// <summary>Whether a file's name ends like that of a list of images.</summary>
    public static bool IsList(string path) =>
        Path.GetExtension(path) is { } extension
        && (extension.Equals(".csv", StringComparison.OrdinalIgnoreCase)
            || extension.Equals(".tsv", StringComparison.OrdinalIgnoreCase)
            || extension.Equals(".txt", StringComparison.OrdinalIgnoreCase));

    /// <summary>The names of the folders directly below that are data sets of their own, in ordinal order.</summary>
    /// <param name="listing">The folder.</param>
    /// <param name="hasMore">Whether only those count that hold more than images to train on.</param>
    public static IReadOnlyList<string> FindSeveral(FolderListing listing, bool hasMore = false) =>
    [
        .. listing.Folders.Where(folder => !folder.Contains('/', StringComparison.Ordinal)
            && !FolderWords.IsMasks(folder)
            && ReadFolder(List(Path.Combine(listing.FullPath, folder))) is { } content
            && (!hasMore || content.Test.Any(image => content.HasSplit || image.IsAbnormal)))
    ];

    /// <summary>The refusal of a folder in no layout.</summary>
    public static SemiDefectException Unknown(string path, FolderListing listing)
    {
        IReadOnlyList<string> several = FindSeveral(listing);
        return new SemiDefectException(
            several.Count > 0
                ? $"'{path}' holds {DatasetContent.Count(several.Count, "data set")} ({Names(several)}): give one of "
                    + $"them, for example '{Path.Combine(path, several[0]).Replace('\\', '/')}'."
                : listing.UnreadableFolders.Contains(string.Empty)
                    ? $"The folder '{path}' cannot be read. Check its permissions."
                    : $"'{path}' is in no layout that is understood. {Known}");
    }

    /// <summary>What was passed over in a folder, in words; empty if nothing was.</summary>
    public static string PassedOver(FolderListing listing)
    {
        string[] names =
        [
            .. listing.PassedOver.Select(path => path[(path.LastIndexOf('/') + 1)..])
                .Distinct(StringComparer.Ordinal)
                .Order(StringComparer.Ordinal)
        ];
        int unreadable = listing.UnreadableFolders.Count;
        return (names.Length == 0
                ? string.Empty
                : $"; passed over: {DatasetContent.Count(listing.PassedOver.Count, "hidden or system item")} "
                    + $"({Names(names)})")
            + (unreadable == 0 ? string.Empty : $"; {DatasetContent.Count(unreadable, "folder")} could not be read");
    }

    /// <summary>The first few of several names.</summary>
    public static string Names(IReadOnlyList<string> names)
    {
        const int Most = 4;
        return string.Join(", ", names.Take(Most)) + (names.Count > Most ? ", ..." : string.Empty);
    }

    private static bool IsCoco(string file)
    {
        string[] parts = file.Split('/');
        return file.EndsWith(".json", StringComparison.OrdinalIgnoreCase)
            && (file.EndsWith(".coco.json", StringComparison.OrdinalIgnoreCase)
                || (parts.Length == 2
                    && LabelWords.Fold(parts[0]) == "annotations"
                    && parts[1].StartsWith("instances", StringComparison.OrdinalIgnoreCase)));
    }
}
