using SemiDefect.Anomaly.Evaluation.Layouts;
using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.Search.Numerics;
using SemiDefect.Anomaly.Sources;

namespace SemiDefect.Anomaly.Evaluation.Rehearsals;

/// <summary>
/// Estimates what a detector finds without any real defects: plants synthetic defects of many kinds, sizes and
/// contrasts in good images that it was not fitted on. Defects missed here are likely to be missed in production.
/// Defects found here indicate only that similar defects will be found. Stateless.
/// </summary>
public static class Rehearsal
{
    /// <summary>Plants defects and inspects the images.</summary>
    /// <param name="detector">The detector.</param>
    /// <param name="good">Good images that the detector was not fitted on.</param>
    /// <param name="options">The options; null for the defaults.</param>
    /// <param name="progress">Receives the number of inspections done and their total, on the calling thread.</param>
    /// <param name="cancellationToken">Cancels between inspections.</param>
    /// <exception cref="SemiDefectException">
    /// An image cannot be read, or no original image is called normal.
    /// </exception>
    /// <exception cref="OperationCanceledException">The operation was canceled.</exception>
    public static RehearsalResult Run(
        AnomalyDetector detector,
        ImageFolder good,
        RehearsalOptions? options = null,
        IProgress<(int Done, int Total)>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(detector);
        ArgumentNullException.ThrowIfNull(good);
        options ??= new RehearsalOptions();
        FolderImage[] items = [.. Spread(good.Items, options.Images)];
        ImageFolder images = ImageFolder.Of(good.FullPath, items).Under(detector.Reading);
        int cellCount = options.Kinds.Count * options.Sizes.Count * options.Contrasts.Count;
        int total = items.Length * (1 + cellCount);
        int done = 0;
        var counts = new (int Trials, int Found, int Located)[cellCount];
        var clean = new List<ImageResult>(items.Length);
        for (int i = 0; i < items.Length; i++)
        {
            Image image = images.Read(i, cancellationToken);
            clean.Add(Clean(detector.Inspect(image, items[i].FullPath, cancellationToken), items[i]));
            progress?.Report((++done, total));
            if (clean[i].IsCalledAbnormal)
            {
                done += cellCount;
                continue;
            }

            int cell = 0;
            var profile = new PictureProfile(image);
            foreach ((SyntheticDefectKind kind, int size, double contrast) in Cells(options))
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (size + 4 <= Math.Min(image.Width, image.Height))
                {
                    PlantedImage planted = Plant(profile, i, kind, size, contrast, options.Seed);
                    Inspection inspection = detector.Inspect(planted.Image, items[i].FullPath, cancellationToken);
                    counts[cell].Trials++;
                    counts[cell].Found += inspection.IsAbnormal ? 1 : 0;
                    counts[cell].Located += inspection.IsAbnormal && IsOn(inspection, planted.Box) ? 1 : 0;
                }

                cell++;
                progress?.Report((++done, total));
            }
        }

        string[] alreadyAbnormal = [.. clean.Where(image => image.IsCalledAbnormal).Select(image => image.Image.Path)];
        if (alreadyAbnormal.Length == items.Length)
        {
            throw new SemiDefectException(
                $"All {items.Length} good images are called abnormal without a planted defect: use images similar to "
                    + "the training images.");
        }

        return new RehearsalResult(
            options,
            clean,
            alreadyAbnormal,
            [
                .. Cells(options).Zip(
                    counts,
                    (cell, count) => new RehearsalCell(
                        cell.Kind,
                        cell.Size,
                        cell.Contrast,
                        count.Trials,
                        count.Found,
                        count.Located)),
            ]);
    }

    /// <summary>Plants the defect of a rehearsal.</summary>
    internal static PlantedImage Plant(
        PictureProfile profile,
        int index,
        SyntheticDefectKind kind,
        int size,
        double contrast,
        ulong seed)
    {
        // Each defect has its own random stream, independent of the other defects and of the contrast.
        ulong mixed = seed;
        foreach (ulong part in (ulong[])[(ulong)index, (ulong)kind, (ulong)size])
        {
            mixed = new SeededGenerator(mixed ^ (part + 1)).NextUInt64();
        }

        return DefectPlanter.Plant(profile, kind, size, contrast, new SeededGenerator(mixed));
    }

    private static IEnumerable<(SyntheticDefectKind Kind, int Size, double Contrast)> Cells(RehearsalOptions options) =>
        from kind in options.Kinds
        from size in options.Sizes
        from contrast in options.Contrasts
        select (kind, size, contrast);

    private static IEnumerable<FolderImage> Spread(IReadOnlyList<FolderImage> items, int count) =>
        items.Count <= count
            ? items
            : Enumerable.Range(0, count).Select(i => items[(int)((long)i * items.Count / count)]);

    private static ImageResult Clean(Inspection inspection, FolderImage item) => new()
    {
        Image = new LabeledImage(item.RelativePath, item.FullPath, LabeledDataset.Good, false, null),
        Score = inspection.Score,
        Threshold = inspection.Threshold,
        PValue = inspection.PValue,
        Regions = inspection.Regions.Count,
        HighestPatch = inspection.HighestPatch,
    };

    /// <summary>Whether the highest-scoring patch lies within about one patch of a defect.</summary>
    internal static bool IsOn(Inspection inspection, (int Left, int Top, int Width, int Height) box) =>
        inspection.HighestPatch.IsOn(inspection.Geometry, box);
}
