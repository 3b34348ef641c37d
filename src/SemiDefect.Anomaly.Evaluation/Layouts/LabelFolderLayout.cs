using SemiDefect.Anomaly.Sources;

namespace SemiDefect.Anomaly.Evaluation.Layouts;

/// <summary>
/// A folder of good images beside folders of defective ones, by any of the <see cref="LabelWords"/>, with masks beside
/// or inside; also VisA (Zou et al. 2022) with its Data/Images/Normal and Data/Masks, and the folders of Real-IAD (Wang
/// et al. 2024), OK and NG/TYPE, with masks as PNG beside JPEG. Stateless.
/// </summary>
internal sealed class LabelFolderLayout : IFolderLayout
{
    public DatasetContent? Read(FolderListing listing)
    {
        (IReadOnlyList<DatasetPath> images, MaskIndex masks) = MaskIndex.Split(listing.Images);
        string[] types =
            [.. images.Select(image => image.TypeFrom(0)).OfType<string>().Distinct(StringComparer.Ordinal)];
        if (types.Length == 2 && types.Contains("0") && types.Contains("1"))
        {
            throw new SemiDefectException(
                $"'{listing.FullPath}' has the folders 0 and 1, which may be labels: rename them to good and bad, or "
                    + "give the folder of good images.");
        }

        if (!types.Any(type => LabelWords.Of(type) == LabelMeaning.Good))
        {
            return types.FirstOrDefault(type => LabelWords.Of(type) == LabelMeaning.Bad) is { } bad
                ? throw new SemiDefectException(
                    $"'{listing.FullPath}' has a folder '{bad}' and none whose name means good "
                        + $"({LabelWords.Examples}, ...): rename the folder of good images, or give that folder.")
                : null;
        }

        DatasetPath[] typed = [.. images.Where(image => image.TypeFrom(0) is not null)];
        int loose = images.Count - typed.Length;
        DatasetPath[] abnormal = [.. typed.Where(image => !IsGood(image))];
        Dictionary<DatasetPath, DefectMask?> marks =
            abnormal.Zip(masks.Match(abnormal)).ToDictionary(pair => pair.First, pair => pair.Second);
        masks.RefuseUnclear();
        return DatasetContent.Of(
            IsVisa(images) ? "VisA" : masks.HasTwins ? "Real-IAD folders" : "good and bad folders",
            listing.FullPath,
            typed.Select(image => (
                LabeledImage.With(
                    marks.GetValueOrDefault(image),
                    image.File.RelativePath,
                    image.File.FullPath,
                    IsGood(image) ? LabeledDataset.Good : TypeOf(image, masks.HasTwins),
                    !IsGood(image)),
                ImageSplit.None)),
            hasSplit: false,
            DatasetContent.Phrase(loose, "image", "beside the folders"))
            with
        {
            UnusedMasks = masks.Unused,
        };
    }

    /// <summary>
    /// Reads folders named after types of defects, also where no folder of good images lies beside them; null if there
    /// is no folder of defects.
    /// </summary>
    public static DatasetContent? ReadTypes(FolderListing listing)
    {
        (IReadOnlyList<DatasetPath> images, MaskIndex masks) = MaskIndex.Split(listing.Images);
        DatasetPath[] abnormal = [.. images.Where(image => image.TypeFrom(0) is not null && !IsGood(image))];
        if (abnormal.Length == 0)
        {
            return null;
        }

        IReadOnlyList<DefectMask?> marks = masks.Match(abnormal);
        masks.RefuseUnclear();
        return DatasetContent.Of(
            "folders of types",
            listing.FullPath,
            abnormal.Select((image, i) => (
                LabeledImage.With(
                    marks[i], image.File.RelativePath, image.File.FullPath, TypeOf(image, masks.HasTwins), true),
                ImageSplit.None)),
            hasSplit: false,
            DatasetContent.Phrase(images.Count - abnormal.Length, "image", "that is good or beside the folders"));
    }

    // Real-IAD has OK/S0001 and NG/AK/S0001.
    private static string TypeOf(DatasetPath image, bool isRealIad)
    {
        string type = image.TypeFrom(0)!;
        int at = image.Folders.ToList().IndexOf(type);
        return isRealIad && LabelWords.Of(type) == LabelMeaning.Bad && at + 1 < image.Folders.Count
            ? image.Folders[at + 1]
            : type;
    }

    private static bool IsGood(DatasetPath image) => LabelWords.Of(image.TypeFrom(0)!) == LabelMeaning.Good;

    private static bool IsVisa(IReadOnlyList<DatasetPath> images) =>
        images.All(image => image.Folders is [var data, var folder, ..]
            && LabelWords.Fold(data) == "data"
            && LabelWords.Fold(folder) == "images");
}
