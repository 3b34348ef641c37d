using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.Naming;
using SemiDefect.Anomaly.Sources;

namespace SemiDefect.Anomaly.Evaluation.Layouts;

/// <summary>
/// Labeled defects to learn names from (<see cref="AnomalyDetector.LearnNames"/>): the abnormal images of a data set in
/// one of the layouts of docs/datasets.md, or folders named after types of defects. Where a data set has parts, those
/// of the training and validation parts are taken, and those of the test part only if these have none. Immutable and
/// thread-safe.
/// </summary>
public sealed class LabeledDefects
{
    private LabeledDefects(DatasetContent content, string passedOver)
    {
        Images = content.ToTeach;
        Source = ImageFolder.Of(
            content.Root, [.. Images.Select(image => new FolderImage(image.Path, image.FullPath))]);
        int masks = Images.Count(image => image.Mask is { Paths.Count: > 0 });
        int boxes = Images.Sum(image => image.Mask?.Boxes.Count ?? 0);
        Summary = $"{content.Layout} layout: {DatasetContent.Count(Images.Count, "image")} with defects, "
            + $"{DatasetContent.Count(masks, "mask")}, {boxes} {(boxes == 1 ? "box" : "boxes")}{passedOver}";
    }

    /// <summary>The images, in ordinal order of their paths; at least one.</summary>
    public IReadOnlyList<LabeledImage> Images { get; }

    /// <summary>The same images, to be read.</summary>
    public ImageFolder Source { get; }

    /// <summary>What was understood, in one sentence.</summary>
    public string Summary { get; }

    /// <summary>Opens labeled defects.</summary>
    /// <param name="path">A folder, a list (csv) or annotations (json).</param>
    /// <exception cref="SemiDefectException">There are none, or they cannot be read; the message says what to
    /// give.</exception>
    public static LabeledDefects Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        string root = Path.GetFullPath(path);
        DatasetContent content;
        string passedOver = string.Empty;
        if (File.Exists(root))
        {
            IReadOnlyList<DatasetContent> contents = DatasetReader.ReadFile(root);
            content = contents is [var only]
                ? only
                : throw new SemiDefectException(
                    $"'{path}' lists {contents.Count} objects: make a list of the defects of one.");
        }
        else if (Directory.Exists(root))
        {
            FolderListing listing = DatasetReader.List(root);
            passedOver = DatasetReader.PassedOver(listing);
            content = DatasetReader.ReadDefects(listing) ?? throw new SemiDefectException(
                $"'{path}' has no labeled defects that are understood: give folders named after types of defects, "
                    + "YOLO or COCO annotations, or another layout of docs/datasets.md.");
        }
        else
        {
            throw new SemiDefectException($"'{path}' does not exist (resolved to '{root}'). Check the path.");
        }

        if (content.ToTeach.Count == 0)
        {
            throw new SemiDefectException($"'{path}' ({content.Layout} layout) has no image with a defect.");
        }

        if (content.ToTeach.SelectMany(TypesOf).Distinct(StringComparer.Ordinal).ToArray() is var types
            && Array.TrueForAll(types, type => LabelWords.Of(type) == LabelMeaning.Bad))
        {
            throw new SemiDefectException(
                $"The defects of '{path}' are only called {string.Join(", ", types.Order(StringComparer.Ordinal))}, "
                    + "which says nothing of their kind: name folders or classes after types, such as scratch.");
        }

        return new LabeledDefects(content, passedOver);
    }

    /// <summary>The labels of an image: its boxes, or its mask, or else the type of the whole image.</summary>
    /// <param name="index">Its position in <see cref="Images"/>.</param>
    /// <param name="image">The image, whose size masks are brought to.</param>
    /// <param name="limits">Limits on mask files.</param>
    /// <exception cref="SemiDefectException">A mask cannot be read.</exception>
    public IReadOnlyList<DefectLabel> LabelsOf(int index, Image image, ImageLimits limits)
    {
        ArgumentNullException.ThrowIfNull(image);
        return LabelsOf(Images[index], image.Width, image.Height, limits);
    }

    private static IEnumerable<string> TypesOf(LabeledImage image) => image.Mask is { Boxes.Count: > 0 } mask
        ? mask.Boxes.Select(box => box.Type ?? image.Type)
        : [image.Type];

    internal static IReadOnlyList<DefectLabel> LabelsOf(
        LabeledImage labeled, int imageWidth, int imageHeight, ImageLimits limits)
    {
        if (labeled.Mask is not { } mask)
        {
            return [new DefectLabel(labeled.Type)];
        }

        if (mask.Boxes.Count > 0)
        {
            return
            [
                .. mask.Boxes.Select(box => new DefectLabel(box.Type ?? labeled.Type)
                {
                    Box = new DefectBox(
                        box.Left * imageWidth,
                        box.Top * imageHeight,
                        box.Right * imageWidth,
                        box.Bottom * imageHeight),
                }),
            ];
        }

        (byte[] values, int width, int height) = MaskFile.Read(mask, imageWidth, imageHeight, limits);
        values = MaskFile.ToNearest(values, width, height, imageWidth, imageHeight);

        // An empty mask says nothing about the place.
        return values.AsSpan().ContainsAnyExcept((byte)0)
            ? [new DefectLabel(labeled.Type) { Mask = values }]
            : [new DefectLabel(labeled.Type)];
    }
}
