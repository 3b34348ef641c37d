using SemiDefect.Anomaly.Search.Numerics;
using SemiDefect.Anomaly.Sources;

namespace SemiDefect.Anomaly.Evaluation.Layouts;

/// <summary>
/// Images with their truth, from one of three layouts: MVTec AD's (train/good, test/TYPE, ground_truth/TYPE); plain folders
/// (good beside bad, or beside one folder per kind of defect); or a csv file with the columns path (or img_path, as the
/// DACON contest calls it), label and, if there are any, mask, paths being relative to the file.
/// Where the layout keeps no images apart to learn from, a share of the good ones is drawn for that.
/// Labels are used to judge verdicts, never to make them. Immutable, and so thread-safe.
/// </summary>
public sealed class LabeledDataset
{
    /// <summary>The share of the good images that is learned from where the layout does not say which.</summary>
    public const double LearnedShare = 0.7;

    /// <summary>What a good image's type is called.</summary>
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

    /// <summary>The absolute path of the folder or csv file.</summary>
    public string FullPath { get; }

    /// <summary>The last part of the path.</summary>
    public string Name { get; }

    /// <summary>The good images to learn from; null where all images are tested.</summary>
    public ImageFolder? TrainGood { get; }

    /// <summary>The folder that the paths of <see cref="TrainGood"/> start from, also where only a detector that is there already was asked for; null where there is none.</summary>
    public string? TrainingFolder => TrainGood?.FullPath
        ?? (Directory.Exists(Path.Combine(FullPath, "train", Good)) ? Path.Combine(FullPath, "train", Good) : null);

    /// <summary>The images to judge, in ordinal order of their paths; at least one.</summary>
    public IReadOnlyList<LabeledImage> Test { get; }

    /// <summary>One sentence on what was decided about the layout, or null.</summary>
    public string? Note { get; }

    /// <summary>Opens a data set.</summary>
    /// <param name="path">A folder or a csv file.</param>
    /// <param name="needsTraining">Whether images to learn from are needed; false where a detector is there already.</param>
    /// <param name="seed">Decides which good images are learned from where the layout does not.</param>
    /// <exception cref="SemiDefectException">There is no such data set, or it cannot be read; the message says what to do.</exception>
    public static LabeledDataset Open(string path, bool needsTraining = true, ulong seed = 0)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        string root = Path.GetFullPath(path);
        if (File.Exists(root))
        {
            return Path.GetExtension(root).Equals(".csv", StringComparison.OrdinalIgnoreCase)
                ? Divide(root, FromCsv(root), needsTraining, seed)
                : throw new SemiDefectException($"'{path}' is neither a folder nor a csv file: give a data set's folder, or a csv with the columns path and label.");
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

    /// <summary>Opens the data set at a path, or, where the folder holds several in MVTec's layout, each of them.</summary>
    /// <exception cref="SemiDefectException">There is no such data set, or it cannot be read; the message says what to do.</exception>
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
        Directory.Exists(Path.Combine(root, Good)) && !Directory.Exists(Path.Combine(root, "test")) && !Directory.Exists(Path.Combine(root, "train"));

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
                new LabeledImage($"{type}/{item.RelativePath}", item.FullPath, type, !isGood, isGood ? null : mask(item.RelativePath))));
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
                throw new SemiDefectException($"'{path}' has a row without {(relative.Length == 0 ? "path" : "label")} ({string.Join(',', row)}): fill it in.");
            }

            if (relative.Contains('\0') || mask.Contains('\0'))
            {
                throw new SemiDefectException($"'{path}' names a file '{relative}' that cannot be: correct the row.");
            }

            if (!seen.Add(relative))
            {
                throw new SemiDefectException($"'{path}' lists '{relative}' twice: remove one of the rows.");
            }

            bool isGood = GoodLabels.Contains(label, StringComparer.OrdinalIgnoreCase);
            string type = isGood ? Good : BadLabels.Contains(label, StringComparer.OrdinalIgnoreCase) ? "defect" : label;
            images.Add(new LabeledImage(
                relative, Path.GetFullPath(Path.Combine(folder, relative)), type, !isGood, mask.Length == 0 ? null : Path.GetFullPath(Path.Combine(folder, mask.Replace('\\', '/')))));
        }

        return images;
    }

    private static LabeledDataset Divide(string path, List<LabeledImage> images, bool needsTraining, ulong seed)
    {
        images.Sort((a, b) => string.CompareOrdinal(a.Path, b.Path));
        if (images.Count == 0)
        {
            throw new SemiDefectException($"'{path}' lists no image.");
        }

        if (!needsTraining)
        {
            return new LabeledDataset(path, null, images, null);
        }

        LabeledImage[] good = [.. images.Where(image => !image.IsAbnormal)];
        int learned = (int)Math.Round(LearnedShare * good.Length, MidpointRounding.AwayFromZero);
        if (learned < 2)
        {
            throw new SemiDefectException($"'{path}' has {good.Length} good images, too few to learn from some and judge the others: give more, or a model (--model).");
        }

        new SeededGenerator(seed).Shuffle<LabeledImage>(good);
        HashSet<string> chosen = [.. good.Take(learned).Select(image => image.Path)];
        var training = ImageFolder.Of(
            File.Exists(path) ? Path.GetDirectoryName(path)! : path,
            [.. images.Where(image => chosen.Contains(image.Path)).Select(image => new FolderImage(image.Path, image.FullPath))]);
        return new LabeledDataset(
            path,
            training,
            [.. images.Where(image => !chosen.Contains(image.Path))],
            $"The layout does not say which good images to learn from: {learned} of {good.Length} were drawn by the seed, the others are tested.");
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
