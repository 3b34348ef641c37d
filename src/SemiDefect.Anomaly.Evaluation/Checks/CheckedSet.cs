using SemiDefect.Anomaly.Evaluation.Layouts;
using SemiDefect.Anomaly.Sources;

namespace SemiDefect.Anomaly.Evaluation.Checks;

/// <summary>The images of a data set that is being checked, as a fit and an evaluation would read them.</summary>
/// <param name="Images">All images, those for training first.</param>
/// <param name="Training">The good images that would be trained on; null if there are too few.</param>
/// <param name="Listing">All that lies in the folder; null for a list.</param>
/// <param name="UnusedMasks">Masks that belong to no abnormal image.</param>
/// <param name="Summary">What was understood, in one sentence; null for a folder of images in no layout.</param>
internal sealed record CheckedSet(
    List<CheckedImage> Images,
    ImageFolder? Training,
    FolderListing? Listing,
    IReadOnlyList<string> UnusedMasks,
    string? Summary)
{
    /// <exception cref="SemiDefectException">There is no such data set, or it is not understood.</exception>
    public static CheckedSet Open(string path)
    {
        string root = Path.GetFullPath(path);
        if (File.Exists(root))
        {
            IReadOnlyList<DatasetContent> contents = DatasetReader.ReadFile(root);
            return Join([.. contents.Select(content => Of(content, null))]);
        }

        FolderListing? listing = Directory.Exists(root) ? DatasetReader.List(root) : null;
        if (listing is not null && DatasetReader.ReadFolder(listing) is { } read)
        {
            return Of(read, listing);
        }

        ImageSelection selection = ImageSelection.ToTrainOn(path);
        return new CheckedSet(
            [
                .. selection.Images.Items.Select(item =>
                    new CheckedImage(item.RelativePath, item.FullPath, true, LabeledDataset.Good, null))
            ],
            selection.Images,
            listing,
            [],
            selection.Summary);
    }

    private static CheckedSet Of(DatasetContent content, FolderListing? listing)
    {
        ImageFolder good = content.Good;
        return new CheckedSet(
            [.. content.Training.Select(image => Of(image, true)), .. content.Test.Select(image => Of(image, false))],

            // Without separate training images, the good ones are compared with each other.
            good.Count < 2 ? null : good,
            listing,
            content.UnusedMasks,
            content.Describe() + (listing is null ? string.Empty : DatasetReader.PassedOver(listing)));
    }

    private static CheckedImage Of(LabeledImage image, bool isTraining) =>
        new(image.Path, image.FullPath, isTraining, image.Type, image.Mask);

    private static CheckedSet Join(IReadOnlyList<CheckedSet> sets) => sets.Count == 1
        ? sets[0]
        : new CheckedSet(
            [.. sets.SelectMany(set => set.Images)],
            null,
            null,
            [],
            $"a list of {sets.Count} objects; {sets[0].Summary} in the first");
}
