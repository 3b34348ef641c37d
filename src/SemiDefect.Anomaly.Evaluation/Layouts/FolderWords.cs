namespace SemiDefect.Anomaly.Evaluation.Layouts;

/// <summary>
/// The names of folders that say what lies in them, compared as <see cref="LabelWords"/> are. Stateless.
/// </summary>
internal static class FolderWords
{
    // Not _label: a wrong label is a type of defect.
    private static readonly string[] FolderEndings = ["_mask", "_masks", "_gt", "_ground_truth"];

    private static readonly string[] FileEndings = [.. FolderEndings, "_label"];

    private static readonly HashSet<string> MaskWords = new(StringComparer.Ordinal)
    {
        "mask", "masks", "gt", "ground_truth", "groundtruth", "ground_truths", "label", "labels", "annotation",
        "annotations", "segmentation", "segmentations", "seg", "마스크",
    };

    private static readonly HashSet<string> ImageWords = new(StringComparer.Ordinal)
    {
        "image", "images", "img", "imgs", "rgb", "data",
    };

    private static readonly HashSet<string> DepthWords = new(StringComparer.Ordinal) { "xyz", "depth" };

    /// <summary>Whether a folder holds masks.</summary>
    public static bool IsMasks(string name) =>
        MaskWords.Contains(LabelWords.Fold(name)) || StemOfFolder(name) != name;

    /// <summary>Whether the name of a folder of masks may as well be a type of defect or of images.</summary>
    public static bool MayBeType(string name) =>
        LabelWords.Fold(name) is "label" or "labels" or "annotation" or "annotations";

    /// <summary>Whether a folder only says that images lie in it.</summary>
    public static bool IsImages(string name) => ImageWords.Contains(LabelWords.Fold(name));

    /// <summary>Whether a folder holds the depth that belongs to images.</summary>
    public static bool IsDepth(string name) => DepthWords.Contains(LabelWords.Fold(name));

    /// <summary>The part of a data set that a folder or a word in a list stands for.</summary>
    public static ImageSplit SplitOf(string name) => LabelWords.Fold(name) switch
    {
        "train" or "training" or "learn" => ImageSplit.Train,
        "validation" or "val" or "valid" or "dev" => ImageSplit.Validation,
        "test" or "testing" or "test_public" => ImageSplit.Test,
        "test_private" or "test_private_mixed" => ImageSplit.Unlabeled,
        _ => ImageSplit.None,
    };

    /// <summary>The name of a file without its ending that says mask: 003 of 003_mask or 003-GT; else itself.</summary>
    public static string StemOf(string name) => Without(FileEndings, name);

    /// <summary>The name of a folder without such an ending: crack of crack_mask; else itself.</summary>
    public static string StemOfFolder(string name) => Without(FolderEndings, name);

    private static string Without(string[] endings, string name)
    {
        foreach (string ending in endings)
        {
            if (name.Length > ending.Length
                && LabelWords.Fold(name[^ending.Length..]).Equals(ending, StringComparison.Ordinal))
            {
                return name[..^ending.Length];
            }
        }

        return name;
    }
}
