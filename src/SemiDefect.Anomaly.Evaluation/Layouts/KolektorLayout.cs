using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.Sources;

namespace SemiDefect.Anomaly.Evaluation.Layouts;

/// <summary>
/// Every image has its mask beside it (Part0_label.bmp, 10000_GT.png), and is good if nothing is marked: KolektorSDD
/// (Tabernik et al. 2020) and KolektorSDD2 (Božič et al. 2021, in train and test). Reads all masks. Stateless.
/// </summary>
internal sealed class KolektorLayout : IFolderLayout
{
    public DatasetContent? Read(FolderListing listing)
    {
        (IReadOnlyList<DatasetPath> images, MaskIndex masks) = MaskIndex.Split(listing.Images);
        if (images.Count == 0
            || masks.Count != images.Count
            || !listing.Images.Select(file => new DatasetPath(file)).Any(file => file.HasMaskEnding)
            || images.Any(image => image.Folders.Any(folder => LabelWords.Of(folder) != LabelMeaning.Other)))
        {
            return null;
        }

        IReadOnlyList<DefectMask?> marks = masks.Match(images);
        if (images.Zip(marks).Any(pair => !IsBeside(pair.First, pair.Second)))
        {
            return null;
        }

        var isGood = new bool[images.Count];
        for (int i = 0; i < isGood.Length; i++)
        {
            (byte[] values, _, _) = MaskFile.Read(marks[i]!.Paths[0], ImageLimits.Default);
            isGood[i] = !values.AsSpan().ContainsAnyExcept((byte)0);
        }

        bool hasSplit = images.Any(image => PartOf(image) == ImageSplit.Train);
        return DatasetContent.Of(
            hasSplit ? "KolektorSDD2" : "KolektorSDD",
            listing.FullPath,
            images.Select((image, i) => (
                LabeledImage.With(
                    isGood[i] ? null : marks[i],
                    image.File.RelativePath,
                    image.File.FullPath,
                    isGood[i] ? LabeledDataset.Good : "defect",
                    !isGood[i]),
                PartOf(image))),
            hasSplit) with
        { Remark = "an image is good if its mask marks nothing" };
    }

    private static bool IsBeside(DatasetPath image, DefectMask? mask) =>
        mask is { Paths: [var path] } && Path.GetDirectoryName(path) == Path.GetDirectoryName(image.File.FullPath);

    private static ImageSplit PartOf(DatasetPath image) =>
        image.Folders.Count == 0 ? ImageSplit.None : FolderWords.SplitOf(image.Folders[0]);
}
