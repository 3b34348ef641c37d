using SemiDefect.Anomaly.Search.Numerics;
using SemiDefect.Anomaly.Sources;

namespace SemiDefect.Anomaly.Evaluation.Layouts;

/// <summary>
/// Labeled images in one of the layouts of docs/datasets.md: folders, a list, or annotations.
/// If the layout does not separate training images, a random fraction of the good images is used for training.
/// Labels are used only to evaluate decisions. Immutable and thread-safe.
/// </summary>
public sealed class LabeledDataset
{
    /// <summary>The fraction of the good images used for training if the layout does not separate them.</summary>
    public const double LearnedShare = 0.7;

    /// <summary>The type name of good images.</summary>
    public const string Good = "good";

    private LabeledDataset(
        string path,
        DatasetContent content,
        ImageFolder? trainGood,
        IReadOnlyList<LabeledImage> test,
        string? note)
    {
        FullPath = path;
        Name = content.Name ?? Path.GetFileNameWithoutExtension(Path.TrimEndingDirectorySeparator(path));
        TrainGood = trainGood;
        TrainingFolder = trainGood?.FullPath ?? (content.Training.Count > 0 ? content.TrainingRoot : null);
        Test = test;
        Note = note;
        Layout = content.Layout;
        Summary = content.Describe();
    }

    /// <summary>The absolute path of the folder or file.</summary>
    public string FullPath { get; }

    /// <summary>The last part of the path, or the object of a list of several.</summary>
    public string Name { get; }

    /// <summary>The name of the layout, for example MVTec AD.</summary>
    public string Layout { get; }

    /// <summary>
    /// What was understood, in one sentence: the layout, how many images and masks, what was left out.
    /// </summary>
    public string Summary { get; private init; }

    /// <summary>The good training images; null if all images are test images.</summary>
    public ImageFolder? TrainGood { get; }

    /// <summary>
    /// The root folder of <see cref="TrainGood"/>, even if training images were not requested; null if there is none.
    /// </summary>
    public string? TrainingFolder { get; }

    /// <summary>The test images, in ordinal order of their paths; at least one.</summary>
    public IReadOnlyList<LabeledImage> Test { get; }

    /// <summary>A sentence about how the data set was divided, or null.</summary>
    public string? Note { get; }

    /// <summary>Opens a data set.</summary>
    /// <param name="path">A folder, a list (csv) or annotations (json).</param>
    /// <param name="needsTraining">Whether training images are needed; false for an existing detector.</param>
    /// <param name="seed">The random seed for selecting training images, if the layout does not separate them.</param>
    /// <exception cref="SemiDefectException">The data set does not exist or cannot be read.</exception>
    public static LabeledDataset Open(string path, bool needsTraining = true, ulong seed = 0)
    {
        IReadOnlyList<LabeledDataset> datasets = OpenAll(path, needsTraining, seed);
        return datasets is [var only] && IsAt(only, path)
            ? only
            : throw new SemiDefectException(
                $"'{path}' holds {DatasetContent.Count(datasets.Count, "data set")} "
                    + $"({DatasetReader.Names([.. datasets.Select(dataset => dataset.Name)])}): give one of them.");
    }

    /// <summary>
    /// Opens the data set at a path, or, if the folder or list contains several, each of them.
    /// </summary>
    /// <exception cref="SemiDefectException">The data set does not exist or cannot be read.</exception>
    public static IReadOnlyList<LabeledDataset> OpenAll(string path, bool needsTraining = true, ulong seed = 0)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        string root = Path.GetFullPath(path);
        if (File.Exists(root))
        {
            return
            [
                .. DatasetReader.ReadFile(root).Select(content => Divide(root, content, needsTraining, seed))
            ];
        }

        if (!Directory.Exists(root))
        {
            throw new SemiDefectException(
                $"The folder '{path}' does not exist (resolved to '{root}'). Check the path.");
        }

        FolderListing listing = DatasetReader.List(root);
        if (DatasetReader.ReadFolder(listing) is { } content)
        {
            return [Open(root, content, listing, needsTraining, seed)];
        }

        IReadOnlyList<string> several = DatasetReader.FindSeveral(listing);
        return several.Count == 0
            ? throw DatasetReader.Unknown(path, listing)
            : [.. several.Select(name => Open(Path.Combine(root, name), needsTraining, seed))];
    }

    private static bool IsAt(LabeledDataset dataset, string path) => dataset.FullPath == Path.GetFullPath(path);

    private static LabeledDataset Open(
        string root,
        DatasetContent content,
        FolderListing listing,
        bool needsTraining,
        ulong seed)
    {
        LabeledDataset dataset = Divide(root, content, needsTraining, seed);
        return new LabeledDataset(root, content, dataset.TrainGood, dataset.Test, dataset.Note)
        {
            Summary = dataset.Summary + DatasetReader.PassedOver(listing),
        };
    }

    private static LabeledDataset Divide(string path, DatasetContent content, bool needsTraining, ulong seed)
    {
        if (content.HasSplit && needsTraining && content.Training.Count == 0)
        {
            throw new SemiDefectException(
                $"'{path}' ({content.Layout} layout) has no good images to train on: train/good is missing or empty. "
                    + "Add them, or specify a detector (--model).");
        }

        if (content.Test.Count == 0)
        {
            throw new SemiDefectException(
                content.HasSplit
                    ? $"'{path}' ({content.Layout} layout) has no images to evaluate: test is missing or empty."
                    : $"'{path}' contains no images.");
        }

        if (content.Training.Count == 0 && content.Test.All(image => image.IsAbnormal))
        {
            throw new SemiDefectException(
                $"'{path}' ({content.Layout} layout) has no good image: the folder of good images is called "
                    + $"{LabelWords.Examples} or the like.");
        }

        if (content.HasSplit || !needsTraining)
        {
            return new LabeledDataset(path, content, needsTraining ? content.Good : null, content.Test, null);
        }

        LabeledImage[] good = [.. content.Test.Where(image => !image.IsAbnormal)];
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
            content.Root,
            [
                .. content.Test.Where(image => chosen.Contains(image.Path))
                    .Select(image => new FolderImage(image.Path, image.FullPath))
            ]);
        return new LabeledDataset(
            path,
            content,
            trainGood,
            [.. content.Test.Where(image => !chosen.Contains(image.Path))],
            $"The layout does not separate training images: {training} of {good.Length} good images were randomly "
                + "selected for training, the others are test images.");
    }
}
