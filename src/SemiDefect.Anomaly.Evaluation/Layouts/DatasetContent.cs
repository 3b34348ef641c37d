using SemiDefect.Anomaly.Sources;

namespace SemiDefect.Anomaly.Evaluation.Layouts;

/// <summary>What a layout was understood to contain. Immutable and thread-safe.</summary>
internal sealed record DatasetContent
{
    private DatasetContent(
        string layout,
        string root,
        IReadOnlyList<LabeledImage> training,
        IReadOnlyList<LabeledImage> test,
        bool hasSplit,
        IReadOnlyList<string> leftOut)
    {
        Layout = layout;
        Root = root;
        Training = training;
        Test = test;
        HasSplit = hasSplit;
        LeftOut = leftOut;
    }

    /// <summary>The name of the layout.</summary>
    public string Layout { get; }

    /// <summary>The folder that the paths of the images start from.</summary>
    public string Root { get; }

    /// <summary>The good images to train on, in ordinal order; empty if the layout does not separate them.</summary>
    public IReadOnlyList<LabeledImage> Training { get; }

    /// <summary>The images to evaluate, or, if the layout separates none, all, in ordinal order.</summary>
    public IReadOnlyList<LabeledImage> Test { get; }

    /// <summary>The abnormal images of the parts to train on, which only names of defects are learned from.</summary>
    public IReadOnlyList<LabeledImage> TrainingAbnormal { get; init; } = [];

    /// <summary>
    /// The images to learn names of defects from: the abnormal ones to train on, or, if there are none, all abnormal
    /// ones.
    /// </summary>
    public IReadOnlyList<LabeledImage> ToTeach =>
        TrainingAbnormal.Count > 0 ? TrainingAbnormal : [.. Test.Where(image => image.IsAbnormal)];

    /// <summary>The part that the test images are of.</summary>
    public ImageSplit TestSplit { get; private init; }

    /// <summary>Whether the layout says which images to train on.</summary>
    public bool HasSplit { get; }

    /// <summary>What is neither trained on nor evaluated, in words.</summary>
    public IReadOnlyList<string> LeftOut { get; }

    /// <summary>The folder that all training images lie in, below the root with a '/' at its end; or empty.</summary>
    public string TrainingPrefix { get; init; } = string.Empty;

    /// <summary>What the data set is called, if its path does not say it: one object of a list of several.</summary>
    public string? Name { get; init; }

    /// <summary>More that should be known, in words.</summary>
    public string? Remark { get; init; }

    /// <summary>Masks that belong to no abnormal image.</summary>
    public IReadOnlyList<string> UnusedMasks { get; init; } = [];

    /// <summary>The folder of the training images.</summary>
    public string TrainingRoot => Path.Combine(Root, TrainingPrefix.TrimEnd('/'));

    /// <summary>The training images, or, if the layout separates none, all good ones.</summary>
    public ImageFolder Good => ImageFolder.Of(
        TrainingRoot,
        [
            .. (HasSplit ? Training : Test.Where(image => !image.IsAbnormal))
                .Select(image => new FolderImage(image.Path[TrainingPrefix.Length..], image.FullPath))
        ]);

    /// <summary>Sorts images by the part of the data set that they belong to.</summary>
    /// <param name="layout">The name of the layout.</param>
    /// <param name="root">The folder that their paths start from.</param>
    /// <param name="items">The images, each with its part.</param>
    /// <param name="hasSplit">Whether the layout has parts at all.</param>
    /// <param name="leftOut">What the layout left out, in words.</param>
    public static DatasetContent Of(
        string layout,
        string root,
        IEnumerable<(LabeledImage Image, ImageSplit Split)> items,
        bool hasSplit,
        params IEnumerable<string> leftOut)
    {
        (LabeledImage Image, ImageSplit Split)[] all =
            [.. items.OrderBy(item => item.Image.Path, StringComparer.Ordinal)];
        if (!hasSplit)
        {
            return new DatasetContent(layout, root, [], [.. all.Select(item => item.Image)], false, [.. leftOut]);
        }

        // Without a test part, what others tune by is what there is to evaluate.
        ImageSplit tested = all.Any(item => item.Split == ImageSplit.Test) ? ImageSplit.Test : ImageSplit.Validation;
        LabeledImage[] training =
        [
            .. all.Where(item => item.Split is ImageSplit.Train or ImageSplit.Validation && item.Split != tested)
                .Select(item => item.Image)
        ];
        int abnormal = training.Count(image => image.IsAbnormal);
        int unlabeled = all.Count(item => item.Split is ImageSplit.Unlabeled or ImageSplit.None);
        return new DatasetContent(
            layout,
            root,
            [.. training.Where(image => !image.IsAbnormal)],
            [.. all.Where(item => item.Split == tested).Select(item => item.Image)],
            true,
            [
                .. Phrase(abnormal, "abnormal image", "outside of the test part"),
                .. Phrase(unlabeled, "image", "of no part or without a label"),
                .. leftOut,
            ])
        {
            TestSplit = tested,
            TrainingAbnormal = [.. training.Where(image => image.IsAbnormal)],
        };
    }

    /// <summary>One sentence about what was understood.</summary>
    public string Describe()
    {
        int good = Test.Count(image => !image.IsAbnormal);
        int abnormal = Test.Count - good;
        int masks = Test.Count(image => image.IsAbnormal && image.Mask is not null);
        string images = HasSplit
            ? $"{Count(Training.Count, "good image")} to train on, {good} good and {abnormal} abnormal to evaluate"
            : $"{good} good and {abnormal} abnormal images, not divided into training and test";
        string leftOut = LeftOut.Count == 0 ? string.Empty : $"; left out: {string.Join(", ", LeftOut)}";
        string remark = Remark is null ? string.Empty : $"; {Remark}";
        return $"{Layout} layout: {images}, {Count(masks, "mask")}{remark}{leftOut}";
    }

    /// <summary>What was left out, in words; nothing if there is none of it.</summary>
    public static IEnumerable<string> Phrase(int count, string noun, string where) =>
        count == 0 ? [] : [$"{Count(count, noun)} {where}"];

    /// <summary>A number with its noun.</summary>
    public static string Count(int count, string noun) => count == 1 ? $"1 {noun}" : $"{count} {noun}s";
}
