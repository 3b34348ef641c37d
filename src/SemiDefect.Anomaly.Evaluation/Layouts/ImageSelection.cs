using SemiDefect.Anomaly.Sources;

namespace SemiDefect.Anomaly.Evaluation.Layouts;

/// <summary>
/// Images picked from a folder or a list for a purpose, by the layout of the data set: good images to train on or held
/// out, or all images to inspect; never masks. A folder of good images in no layout is taken as it is. Immutable and
/// thread-safe.
/// </summary>
public sealed class ImageSelection
{
    private ImageSelection(ImageFolder images, string? summary)
    {
        Images = images;
        Summary = summary;
    }

    /// <summary>The images.</summary>
    public ImageFolder Images { get; }

    /// <summary>
    /// What was understood, in one sentence; null for a folder of images in no layout, of which nothing was passed
    /// over.
    /// </summary>
    public string? Summary { get; }

    /// <summary>
    /// The good images to train on: those that the layout separates, or else all good ones.
    /// </summary>
    /// <exception cref="SemiDefectException">
    /// There is no such folder or list, or it is not clear which of its images are good; the message says what to give.
    /// </exception>
    public static ImageSelection ToTrainOn(string path) => Good(path, isHeldOut: false);

    /// <summary>
    /// The good images that a detector was not trained on: the good test images that the layout separates, or else all
    /// good ones.
    /// </summary>
    /// <exception cref="SemiDefectException">
    /// There is no such folder or list, or it is not clear which of its images are good; the message says what to give.
    /// </exception>
    public static ImageSelection HeldOut(string path) => Good(path, isHeldOut: true);

    /// <summary>All images of a folder but masks, or those of a list, which needs no labels.</summary>
    /// <exception cref="SemiDefectException">There is no such folder or list, or no image in it.</exception>
    public static ImageSelection ToInspect(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        string root = Path.GetFullPath(path);
        if (IsList(path))
        {
            (IReadOnlyList<(string Path, string FullPath)> listed, string? remark) = CsvLayout.ReadPaths(root);
            return listed.Count == 0
                ? throw new SemiDefectException($"'{path}' contains no images.")
                : new ImageSelection(
                    ImageFolder.Of(
                        Path.GetDirectoryName(root)!,
                        [.. listed.Select(image => new FolderImage(image.Path, image.FullPath))]),
                    remark is null ? null : $"{DatasetContent.Count(listed.Count, "image")}, {remark}");
        }

        // Refused with a message of its own if nothing lies there.
        ImageFolder all = ImageFolder.Open(path);
        return WithoutMasks(all, FolderListing.Read(root), isRefused: false);
    }

    /// <summary>Whether a path is that of a list of images.</summary>
    public static bool IsList(string path) => DatasetReader.IsList(path) && File.Exists(path);

    private static ImageSelection Good(string path, bool isHeldOut)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        string root = Path.GetFullPath(path);
        if (File.Exists(root))
        {
            IReadOnlyList<DatasetContent> contents = DatasetReader.ReadFile(root);
            string names = DatasetReader.Names([.. contents.Select(content => content.Name ?? "unnamed")]);
            return contents is [var only]
                ? Of(path, only, isHeldOut, string.Empty)
                : throw new SemiDefectException(
                    $"'{path}' lists {contents.Count} objects ({names}): give a list of one object, or a folder of its "
                        + "good images.");
        }

        if (!Directory.Exists(root))
        {
            return new ImageSelection(ImageFolder.Open(path), null);
        }

        FolderListing listing = DatasetReader.List(root);
        if (DatasetReader.ReadFolder(listing) is { } content)
        {
            return Of(path, content, isHeldOut, DatasetReader.PassedOver(listing));
        }

        ImageFolder all = ImageFolder.Open(path);
        if (DatasetReader.FindSeveral(listing, hasMore: true).Count > 0)
        {
            throw DatasetReader.Unknown(path, listing);
        }

        RefuseUnclear(path, listing);
        return WithoutMasks(all, FolderListing.Read(root), isRefused: true);
    }

    private static ImageSelection Of(string path, DatasetContent content, bool isHeldOut, string passedOver)
    {
        bool isTest = isHeldOut && content.HasSplit;
        ImageFolder images = isTest
            ? ImageFolder.Of(
                content.Root,
                [
                    .. content.Test.Where(image => !image.IsAbnormal)
                        .Select(image => new FolderImage(image.Path, image.FullPath))
                ])
            : content.Good;
        string taken = isTest ? "; taken: the good ones to evaluate"
            : content.HasSplit ? string.Empty
            : "; taken: all good ones";
        return images.Count == 0
            ? throw new SemiDefectException(
                $"'{path}' ({content.Layout} layout) has no good images {(isTest ? "in its test part" : "to train on")}"
                    + ": give the folder of good images.")
            : new ImageSelection(images, content.Describe() + taken + passedOver);
    }

    /// <summary>Refuses defects and test images deeper in a folder that is in no layout.</summary>
    private static void RefuseUnclear(string path, FolderListing listing)
    {
        string? unclear = listing.Folders.FirstOrDefault(folder =>
            folder[(folder.LastIndexOf('/') + 1)..] is var name
            && (LabelWords.Of(name) == LabelMeaning.Bad || FolderWords.SplitOf(name) == ImageSplit.Test)
            && listing.Images.Any(image => image.RelativePath.StartsWith($"{folder}/", StringComparison.Ordinal)));
        if (unclear is not null)
        {
            throw new SemiDefectException(
                $"'{path}' has images in '{unclear}', which are not to be trained on: give the folder of good images, "
                    + $"or a data set. {DatasetReader.Known}");
        }
    }

    private static ImageSelection WithoutMasks(ImageFolder all, FolderListing listing, bool isRefused)
    {
        (IReadOnlyList<DatasetPath> images, MaskIndex masks) = MaskIndex.Split(all.Items);
        string passedOver = DatasetReader.PassedOver(listing);
        bool isMasks = masks.Count > 0 && images.Count > 0 && masks.Match(images).Any(mask => mask is not null);
        if (!isMasks)
        {
            return masks.Count > 0 && images.Count > 0 && isRefused
                ? throw new SemiDefectException(
                    $"'{all.FullPath}' has images in a folder called after masks, '{masks.Unused[0]}' first, but none "
                        + "has the name of an image: give the folder of good images, or rename that of the masks.")
                : new ImageSelection(all, passedOver.Length == 0 ? null : $"{Count(all.Count)}{passedOver}");
        }

        return new ImageSelection(
            ImageFolder.Of(all.FullPath, [.. images.Select(image => image.File)]),
            $"{Count(images.Count)}, without {DatasetContent.Count(masks.Count, "mask")}{passedOver}");
    }

    private static string Count(int images) => DatasetContent.Count(images, "image");
}
