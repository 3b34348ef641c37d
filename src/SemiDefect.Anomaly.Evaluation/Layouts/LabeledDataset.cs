using SemiDefect.Anomaly.Search.Numerics;
using SemiDefect.Anomaly.Sources;

namespace SemiDefect.Anomaly.Evaluation.Layouts;

/// <summary>
/// Labeled images in one of three layouts: MVTec AD (train/good, test/TYPE, ground_truth/TYPE); plain folders
/// (good beside bad, or beside one folder per type of defect); or a CSV file with the columns path (or img_path, as in
/// the DACON contest), label and optionally mask, with paths relative to the file.
/// If the layout does not separate training images, a random fraction of the good images is used for training.
/// Labels are used only to evaluate decisions. Immutable and thread-safe.
/// </summary>
public sealed class LabeledDataset
{
    /// <summary>The fraction of the good images used for training if the layout does not separate them.</summary>
    public const double LearnedShare = 0.7;

    /// <summary>The type name of good images.</summary>
    public const string Good = "good";

    private static readonly string[] GoodLabels = [Good, "normal", "ok", "0", "false"];
    private static readonly string[] BadLabels = ["bad", "abnormal", "anomaly", "defect", "ng", "1", "true"];

    private LabeledDataset(string path, ImageFolder? trainGood, IReadOnlyList<LabeledImage> test, string? note)
    {
        FullPath = path;
        Name = Path.GetFileNameWithoutExtension(Path.TrimEndingDirectorySeparator(path));
        TrainGood = trainGood;
        Test = test;
        Note = note;
    }

    /// <summary>The absolute path of the folder or CSV file.</summary>
    public string FullPath { get; }

    /// <summary>The last part of the path.</summary>
    public string Name { get; }

    /// <summary>The good training images; null if all images are test images.</summary>
    public ImageFolder? TrainGood { get; }

    /// <summary>
    /// The root folder of <see cref="TrainGood"/>, even if training images were not requested; null if there is none.
    /// </summary>
    public string? TrainingFolder => TrainGood?.FullPath
        ?? (Directory.Exists(Path.Combine(FullPath, "train", Good)) ? Path.Combine(FullPath, "train", Good) : null);

    /// <summary>The test images, in ordinal order of their paths; at least one.</summary>
    public IReadOnlyList<LabeledImage> Test { get; }

    /// <summary>A sentence about how the data set was divided, or null.</summary>
    public string? Note { get; }

    /// <summary>Opens a data set.</summary>
    /// <param name="path">A folder or a CSV file.</param>
    /// <param name="needsTraining">Whether training images are needed; false for an existing detector.</param>
    /// <param name="seed">The random seed for selecting training images, if the layout does not separate them.</param>
    /// <exception cref="SemiDefectException">The data set does not exist or cannot be read.</exception>
    public static LabeledDataset Open(string path, bool needsTraining = true, ulong seed = 0)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        string root = Path.GetFullPath(path);
        if (File.Exists(root))
        {
            return Path.GetExtension(root).Equals(".csv", StringComparison.OrdinalIgnoreCase)
                ? Divide(root, FromCsv(root), needsTraining, seed)
                : throw new SemiDefectException(
                    $"'{path}' is neither a folder nor a CSV file: specify the folder of a data set, or a CSV file "
                        + "with the columns path and label.");
        }

        if (IsPlain(root))
        {
            return Divide(root, FromPlainFolders(root), needsTraining, seed);
        }

        if (!needsTraining)
        {
            return new LabeledDataset(root, null, [.. MvtecDataset.ListTest(root).Select(FromMvtec)], null);
        }

        MvtecDataset dataset = MvtecDataset.Open(path);
        return new LabeledDataset(root, dataset.TrainGood, [.. dataset.Test.Select(FromMvtec)], null);
    }

    /// <summary>
    /// Opens the data set at a path, or, if the folder contains several in the MVTec layout, each of them.
    /// </summary>
    /// <exception cref="SemiDefectException">The data set does not exist or cannot be read.</exception>
    public static IReadOnlyList<LabeledDataset> OpenAll(string path, bool needsTraining = true, ulong seed = 0)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        string root = Path.GetFullPath(path);
        if (!Directory.Exists(root) || Directory.Exists(Path.Combine(root, "test")) || IsPlain(root))
        {
            return [Open(path, needsTraining, seed)];
        }

        string[] categories = [.. Subfolders(root).Where(folder => Directory.Exists(Path.Combine(folder, "test")))];
        return categories.Length == 0
            ? [Open(path, needsTraining, seed)]
            : [.. categories.Select(category => Open(category, needsTraining, seed))];
    }

    private static bool IsPlain(string root) =>
        Directory.Exists(Path.Combine(root, Good))
            && !Directory.Exists(Path.Combine(root, "test"))
            && !Directory.Exists(Path.Combine(root, "train"));

    private static LabeledImage FromMvtec(MvtecItem item) =>
        new(item.RelativePath, item.FullPath, item.IsDefect ? item.Type : Good, item.IsDefect, item.MaskPath);

    private static List<LabeledImage> FromPlainFolders(string root)
    {
        var images = new List<LabeledImage>();
        foreach (string folder in Subfolders(root))
        {
            string type = Path.GetFileName(folder);
            if (type.StartsWith('.') || type.Equals(MvtecDataset.MasksFolder, StringComparison.OrdinalIgnoreCase))
            {
                continue;
            }

            bool isGood = type == Good;
            Func<string, string?> mask = MvtecDataset.MaskFinder(Path.Combine(root, MvtecDataset.MasksFolder, type));
            images.AddRange(ImageFolder.Open(folder).Items.Select(item =>
                new LabeledImage(
                    $"{type}/{item.RelativePath}",
                    item.FullPath,
                    type,
                    !isGood,
                    isGood ? null : mask(item.RelativePath))));
        }

        return images;
    }

    private static List<LabeledImage> FromCsv(string path)
    {
        CsvTable table = CsvTable.Read(path);
        int pathColumn = table.Find("path") ?? table.Find("img_path") ?? table.Require("path");
        int labelColumn = table.Require("label");
        int? maskColumn = table.Find("mask");
        string folder = Path.GetDirectoryName(path)!;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var images = new List<LabeledImage>(table.Rows.Count);
        foreach (string[] row in table.Rows)
        {
            string relative = row[pathColumn].Replace('\\', '/');
            string label = row[labelColumn].Trim();
            string mask = maskColumn is int column ? row[column].Trim() : "";
            if (relative.Length == 0 || label.Length == 0)
            {
                throw new SemiDefectException(
                    $"'{path}' has a row without {(relative.Length == 0 ? "path" : "label")} "
                        + $"({string.Join(',', row)}): fill it in.");
            }

            if (relative.Contains('\0') || mask.Contains('\0'))
            {
                throw new SemiDefectException($"'{path}' contains an invalid file name '{relative}': correct the row.");
            }

            if (!seen.Add(relative))
            {
                throw new SemiDefectException($"'{path}' lists '{relative}' twice: remove one of the rows.");
            }

            bool isGood = GoodLabels.Contains(label, StringComparer.OrdinalIgnoreCase);
            string type = isGood ? Good
                : BadLabels.Contains(label, StringComparer.OrdinalIgnoreCase) ? "defect"
                : label;
            images.Add(new LabeledImage(
                relative,
                Path.GetFullPath(Path.Combine(folder, relative)),
                type,
                !isGood,
                mask.Length == 0 ? null : Path.GetFullPath(Path.Combine(folder, mask.Replace('\\', '/')))));
        }

        return images;
    }

    private static LabeledDataset Divide(string path, List<LabeledImage> images, bool needsTraining, ulong seed)
    {
        images.Sort((a, b) => string.CompareOrdinal(a.Path, b.Path));
        if (images.Count == 0)
        {
            throw new SemiDefectException($"'{path}' contains no images.");
        }

        if (!needsTraining)
        {
            return new LabeledDataset(path, null, images, null);
        }

        LabeledImage[] good = [.. images.Where(image => !image.IsAbnormal)];
        int training = (int)Math.Round(LearnedShare * good.Length, MidpointRounding.AwayFromZero);
        if (training < 2)
        {
            throw new SemiDefectException(
                $"'{path}' has {good.Length} good images, too few for training and testing: add more, or specify a "
                    + "detector (--model).");
        }

        new SeededGenerator(seed).Shuffle<LabeledImage>(good);
        HashSet<string> chosen = [.. good.Take(training).Select(image => image.Path)];
        var trainGood = ImageFolder.Of(
            File.Exists(path) ? Path.GetDirectoryName(path)! : path,
            [
                .. images.Where(image => chosen.Contains(image.Path))
                    .Select(image => new FolderImage(image.Path, image.FullPath))
            ]);
        return new LabeledDataset(
            path,
            trainGood,
            [.. images.Where(image => !chosen.Contains(image.Path))],
            $"The layout does not separate training images: {training} of {good.Length} good images were randomly "
                + "selected for training, the others are test images.");
    }

    private static IEnumerable<string> Subfolders(string root)
    {
        try
        {
            return Directory.GetDirectories(root).OrderBy(Path.GetFileName, StringComparer.Ordinal);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new SemiDefectException($"The folder '{root}' cannot be read: {error.Message}", error);
        }
    }
}
