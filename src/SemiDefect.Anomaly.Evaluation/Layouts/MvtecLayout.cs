using SemiDefect.Anomaly.Sources;

namespace SemiDefect.Anomaly.Evaluation.Layouts;

/// <summary>
/// Folders for training and test, each with a folder of good images and folders of types of defects, and masks in
/// ground_truth: MVTec AD (Bergmann et al. 2019), MVTec AD 2 (test_public, test_private), MVTec LOCO
/// (validation, masks in several files), MVTec 3D (images only) and BTAD (ok and ko). Stateless.
/// </summary>
internal sealed class MvtecLayout : IFolderLayout
{
    public DatasetContent? Read(FolderListing listing)
    {
        ImageSplit[] parts =
        [
            .. listing.Folders.Where(folder => !folder.Contains('/', StringComparison.Ordinal))
                .Select(FolderWords.SplitOf)
        ];
        bool hasTest = parts.Contains(ImageSplit.Test);
        if (!hasTest && !parts.Contains(ImageSplit.Train))
        {
            return null;
        }

        (IReadOnlyList<DatasetPath> images, MaskIndex masks) = MaskIndex.Split(listing.Images);
        DatasetPath[] depth = [.. images.Where(IsDepth)];
        images = [.. images.Except(depth)];
        DatasetPath[] training = [.. images.Where(image => PartOf(image) == ImageSplit.Train)];
        if (!hasTest && !training.Any(image => MeaningOf(image) != LabelMeaning.Other))
        {
            // A folder of good images may happen to have one called train.
            return null;
        }

        DatasetPath? loose = images.FirstOrDefault(image =>
            PartOf(image) is ImageSplit.Train or ImageSplit.Validation or ImageSplit.Test && image.TypeFrom(1) is null);
        if (loose is not null)
        {
            throw new SemiDefectException(
                $"'{loose.File.FullPath}' is directly in {loose.Folders[0]}: move it to {loose.Folders[0]}/good or to "
                    + $"{loose.Folders[0]}/ followed by the type of defect{ListHint(listing)}.");
        }

        if (training.Length > 0 && !training.Any(IsGood))
        {
            throw new SemiDefectException(
                $"No folder in '{listing.FullPath}/train' means good (found {Found(training)}): call the folder of "
                    + $"good images train/good, or give the folder of good images to train on.");
        }

        DatasetPath[] abnormal =
        [
            .. images.Where(image => PartOf(image) is not (ImageSplit.None or ImageSplit.Unlabeled) && !IsGood(image))
        ];
        Dictionary<DatasetPath, DefectMask?> marks =
            abnormal.Zip(masks.Match(abnormal)).ToDictionary(pair => pair.First, pair => pair.Second);
        masks.RefuseUnclear();
        int others = images.Count(image => PartOf(image) == ImageSplit.None);
        return DatasetContent.Of(
            NameOf(images, depth.Length > 0, masks.HasJoined),
            listing.FullPath,
            images.Where(IsPart).Select(image => (
                LabeledImage.With(
                    marks.GetValueOrDefault(image),
                    image.File.RelativePath,
                    image.File.FullPath,
                    IsGood(image) ? LabeledDataset.Good : image.TypeFrom(1) ?? "unlabeled",
                    !IsGood(image)),
                PartOf(image))),
            hasSplit: true,
            [
                .. DatasetContent.Phrase(others, "image", "beside train and test"),
                .. DatasetContent.Phrase(depth.Length, "image", "of depth"),
            ])
            with
        {
            TrainingPrefix = PrefixOf(images),
            UnusedMasks = masks.Unused,
        };
    }

    private static ImageSplit PartOf(DatasetPath image) =>
        image.Folders.Count == 0 ? ImageSplit.None : FolderWords.SplitOf(image.Folders[0]);

    private static bool IsPart(DatasetPath image) => PartOf(image) != ImageSplit.None;

    private static LabelMeaning MeaningOf(DatasetPath image) => LabelWords.Of(image.TypeFrom(1) ?? string.Empty);

    private static bool IsGood(DatasetPath image) => MeaningOf(image) == LabelMeaning.Good;

    // MVTec 3D has rgb, xyz and gt side by side.
    private static bool IsDepth(DatasetPath image) => image.Folders.Count > 2 && FolderWords.IsDepth(image.Folders[^1]);

    private static string NameOf(IReadOnlyList<DatasetPath> images, bool hasDepth, bool hasJoined)
    {
        bool HasFolder(int depth, string word) =>
            images.Any(image => image.Folders.Count > depth && LabelWords.Fold(image.Folders[depth]) == word);
        return hasDepth ? "MVTec 3D"
            : HasFolder(0, "test_public") ? "MVTec AD 2"
            : hasJoined || HasFolder(1, "logical_anomalies") ? "MVTec LOCO"
            : HasFolder(1, "ko") ? "BTAD"
            : "MVTec AD";
    }

    /// <summary>The folder of the good training images, if they lie in one.</summary>
    private static string PrefixOf(IReadOnlyList<DatasetPath> images)
    {
        bool hasTest = images.Any(image => PartOf(image) == ImageSplit.Test);
        string[] prefixes =
        [
            .. images.Where(image => IsGood(image)
                    && (PartOf(image) == ImageSplit.Train || (hasTest && PartOf(image) == ImageSplit.Validation)))
                .Select(PrefixOf).Distinct(StringComparer.Ordinal)
        ];
        return prefixes.Length == 1 ? prefixes[0] : string.Empty;
    }

    private static string PrefixOf(DatasetPath image)
    {
        // Down to the folder that says good, and, in MVTec 3D, to that of the images in it.
        int depth = 1;
        while (FolderWords.IsImages(image.Folders[depth]))
        {
            depth++;
        }

        depth++;
        while (depth < image.Folders.Count && FolderWords.IsImages(image.Folders[depth]))
        {
            depth++;
        }

        return $"{string.Join('/', image.Folders.Take(depth))}/";
    }

    private static string Found(IEnumerable<DatasetPath> images)
    {
        const int Most = 4;
        string[] types =
            [.. images.Select(image => image.TypeFrom(1) ?? "loose images").Distinct(StringComparer.Ordinal)];
        return string.Join(", ", types.Take(Most)) + (types.Length > Most ? ", ..." : string.Empty);
    }

    private static string ListHint(FolderListing listing) =>
        listing.OtherFiles.Where(file =>
                file.EndsWith(".csv", StringComparison.OrdinalIgnoreCase)
                    && !file.Contains('/', StringComparison.Ordinal))
            .OrderByDescending(file => file.Contains("train", StringComparison.OrdinalIgnoreCase))
            .FirstOrDefault() is { } list
            ? $", or give a list with labels, such as '{list}'"
            : string.Empty;
}
