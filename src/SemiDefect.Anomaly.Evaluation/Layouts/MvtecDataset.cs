using SemiDefect.Anomaly.Sources;

namespace SemiDefect.Anomaly.Evaluation.Layouts;

/// <summary>
/// A data set in the MVTec AD layout (Bergmann et al. 2019): train/good, test/TYPE and ground_truth/TYPE/STEM_mask.png.
/// Immutable and thread-safe.
/// </summary>
public sealed class MvtecDataset
{
    /// <summary>The name of the mask folder.</summary>
    internal const string MasksFolder = "ground_truth";

    private const string Good = "good";
    private const string MaskSuffix = "_mask";

    private MvtecDataset(string path, ImageFolder trainGood, IReadOnlyList<MvtecItem> test)
    {
        FullPath = path;
        TrainGood = trainGood;
        Test = test;
    }

    /// <summary>The absolute path of the data set's folder.</summary>
    public string FullPath { get; }

    /// <summary>The good training images, with paths relative to train/good.</summary>
    public ImageFolder TrainGood { get; }

    /// <summary>The test images, in ordinal order of their relative paths.</summary>
    public IReadOnlyList<MvtecItem> Test { get; }

    /// <summary>
    /// Lists the images in <paramref name="path"/>. Masks are matched to images of the same type by file name, with or
    /// without the suffix '_mask' and ignoring extensions; an exact match takes precedence over one that differs in
    /// case.
    /// </summary>
    /// <exception cref="SemiDefectException">
    /// train/good or test is missing or empty, or a test image has no type.
    /// </exception>
    public static MvtecDataset Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        string root = Path.GetFullPath(path);
        if (!Directory.Exists(root))
        {
            throw new SemiDefectException(
                $"The folder '{path}' does not exist (resolved to '{root}'). Check the path.");
        }

        string? trainPath = FindFolder(root, "train") is { } train ? FindFolder(train, Good) : null;
        if (trainPath is null)
        {
            throw new SemiDefectException(
                $"'{path}' is not in the MVTec AD layout: train/good is missing.{HintFor(root)}");
        }

        return new MvtecDataset(root, ImageFolder.Open(trainPath), ListTest(root));
    }

    /// <summary>Lists only the test images; train/good may be missing.</summary>
    /// <exception cref="SemiDefectException">test is missing or empty, or a test image has no type.</exception>
    internal static IReadOnlyList<MvtecItem> ListTest(string root)
    {
        if (!Directory.Exists(root))
        {
            throw new SemiDefectException($"The folder '{root}' does not exist. Check the path.");
        }

        if (FindFolder(root, "test") is not { } testPath)
        {
            throw new SemiDefectException($"'{root}' is not in the MVTec AD layout: test is missing.{HintFor(root)}");
        }

        ImageFolder testFolder = ImageFolder.Open(testPath);
        string? masksPath = FindFolder(root, MasksFolder);
        var masksByType = new Dictionary<string, MaskIndex>(StringComparer.Ordinal);
        var test = new List<MvtecItem>(testFolder.Items.Count);
        foreach (FolderImage item in testFolder.Items)
        {
            int separator = item.RelativePath.IndexOf('/', StringComparison.Ordinal);
            if (separator < 0)
            {
                throw new SemiDefectException(
                    $"'{item.FullPath}' is directly in test: move it to test/good or to test/ followed by the type of "
                        + "defect.");
            }

            string type = item.RelativePath[..separator];
            bool isDefect = !type.Equals(Good, StringComparison.OrdinalIgnoreCase);
            string? mask = null;
            if (isDefect && masksPath is not null)
            {
                if (!masksByType.TryGetValue(type, out MaskIndex? masks))
                {
                    masksByType.Add(type, masks = MaskIndex.Of(FindFolder(masksPath, type)));
                }

                mask = masks.Find(StemOf(item.RelativePath[(separator + 1)..]));
            }

            test.Add(
                new MvtecItem(
                    $"{Path.GetFileName(testPath)}/{item.RelativePath}", item.FullPath, type, isDefect, mask));
        }

        return test;
    }

    /// <summary>
    /// Creates a function that finds the mask of an image by its relative path. The folder may be missing.
    /// </summary>
    internal static Func<string, string?> MaskFinder(string folder)
    {
        var masks = MaskIndex.Of(Directory.Exists(folder) ? folder : null);
        return relativePath => masks.Find(StemOf(relativePath));
    }

    /// <summary>Finds a folder by name, or else the first in ordinal order that differs only in case.</summary>
    private static string? FindFolder(string parent, string name)
    {
        string exact = Path.Combine(parent, name);
        if (Directory.Exists(exact))
        {
            return exact;
        }

        return Subfolders(parent)
            .FirstOrDefault(folder => Path.GetFileName(folder).Equals(name, StringComparison.OrdinalIgnoreCase));
    }

    private static IEnumerable<string> Subfolders(string parent)
    {
        try
        {
            return Directory.GetDirectories(parent).Order(StringComparer.Ordinal);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new SemiDefectException($"The folder '{parent}' cannot be read: {error.Message}", error);
        }
    }

    private static string HintFor(string root)
    {
        string? category =
            Subfolders(root).FirstOrDefault(folder => Directory.Exists(Path.Combine(folder, "train", Good)));
        return category is null
            ? " It requires train/good, test/good, test/DEFECT and, for masks, ground_truth/DEFECT."
            : $" Specify one of its folders, for example '{category}'.";
    }

    private static string StemOf(string relativePath) => relativePath[..^Path.GetExtension(relativePath).Length];

    /// <summary>The masks of one type, by the file name of their image without extension.</summary>
    private sealed class MaskIndex
    {
        private readonly Dictionary<string, string> _exact = new(StringComparer.Ordinal);
        private readonly Dictionary<string, string> _anyCase = new(StringComparer.OrdinalIgnoreCase);

        public static MaskIndex Of(string? folder)
        {
            var index = new MaskIndex();
            foreach (FolderImage item in folder is null ? [] : ImageFolder.ListImages(folder).Items)
            {
                string stem = StemOf(item.RelativePath);
                index._exact.TryAdd(stem, item.FullPath);
                index._anyCase.TryAdd(stem, item.FullPath);
            }

            return index;
        }

        public string? Find(string stem) =>
            _exact.GetValueOrDefault(stem + MaskSuffix) ?? _exact.GetValueOrDefault(stem)
            ?? _anyCase.GetValueOrDefault(stem + MaskSuffix) ?? _anyCase.GetValueOrDefault(stem);
    }
}
