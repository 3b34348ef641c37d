using SemiDefect.Anomaly.Evaluation.Layouts;
using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.Search.Numerics;
using SemiDefect.Anomaly.Sources;
using SemiDefect.Anomaly.Views;

namespace SemiDefect.Anomaly.Evaluation.Rehearsals;

/// <summary>
/// Tries a detector out where no defect was ever seen: synthetic ones of many kinds, sizes and contrasts are planted into
/// good images that it did not learn from. What it misses here it may well miss on the line; what it finds here is a promise
/// only for defects that look the same. Thread-safe: nothing is kept.
/// </summary>
public static class Rehearsal
{
    /// <summary>Plants and inspects.</summary>
    /// <param name="detector">The detector.</param>
    /// <param name="good">Good images that it did not learn from.</param>
    /// <param name="options">What to plant; null for the defaults.</param>
    /// <param name="progress">Told how many inspections are done of how many, from the calling thread.</param>
    /// <param name="cancellationToken">Stops between inspections.</param>
    /// <exception cref="SemiDefectException">An image cannot be read, or no image is called normal as it is.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
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
        int cellCount = options.Kinds.Count * options.Sizes.Count * options.Contrasts.Count;
        int total = items.Length * (1 + cellCount);
        int done = 0;
        var counts = new (int Trials, int Found, int Located)[cellCount];
        var clean = new List<ImageResult>(items.Length);
        for (int i = 0; i < items.Length; i++)
        {
            Image image = ImageFile.Read(items[i].FullPath, detector.ImageLimits);
            clean.Add(Clean(detector.Inspect(image, items[i].FullPath, cancellationToken), items[i]));
            progress?.Report((++done, total));
            if (clean[i].IsCalledAbnormal)
            {
                done += cellCount;
                continue;
            }

            int cell = 0;
            foreach ((SyntheticDefectKind kind, int size, double contrast) in Cells(options))
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (size + 4 <= Math.Min(image.Width, image.Height))
                {
                    PlantedImage planted = Plant(image, i, kind, size, contrast, options.Seed);
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
            throw new SemiDefectException($"Every one of the {items.Length} good images is called abnormal as it is: give images like those that the detector learned from.");
        }

        return new RehearsalResult(
            options,
            clean,
            alreadyAbnormal,
            [.. Cells(options).Zip(counts, (cell, count) => new RehearsalCell(cell.Kind, cell.Size, cell.Contrast, count.Trials, count.Found, count.Located))]);
    }

    /// <summary>The image with the defect that a rehearsal plants into it.</summary>
    internal static PlantedImage Plant(Image image, int index, SyntheticDefectKind kind, int size, double contrast, ulong seed)
    {
        // A stream of its own for each defect, whatever else is planted; the contrast is left out so that places stay.
        ulong mixed = seed;
        foreach (ulong part in (ulong[])[(ulong)index, (ulong)kind, (ulong)size])
        {
            mixed = new SeededGenerator(mixed ^ (part + 1)).NextUInt64();
        }

        return DefectPlanter.Plant(image, kind, size, contrast, new SeededGenerator(mixed));
    }

    private static IEnumerable<(SyntheticDefectKind Kind, int Size, double Contrast)> Cells(RehearsalOptions options) =>
        from kind in options.Kinds
        from size in options.Sizes
        from contrast in options.Contrasts
        select (kind, size, contrast);

    private static IEnumerable<FolderImage> Spread(IReadOnlyList<FolderImage> items, int count) =>
        items.Count <= count ? items : Enumerable.Range(0, count).Select(i => items[(int)((long)i * items.Count / count)]);

    private static ImageResult Clean(Inspection inspection, FolderImage item) => new()
    {
        Image = new LabeledImage(item.RelativePath, item.FullPath, LabeledDataset.Good, false, null),
        Score = inspection.Score,
        Threshold = inspection.Threshold,
        PValue = inspection.PValue,
        Regions = inspection.Regions.Count,
        HighestPatch = inspection.HighestPatch,
    };

    private static bool IsOn(Inspection inspection, (int Left, int Top, int Width, int Height) box)
    {
        PatchMatch match = inspection.HighestPatch;
        InputGeometry window = match.Window ?? inspection.Geometry;
        double patchX = window.ScaleX * window.InputWidth / match.GridWidth;
        double patchY = window.ScaleY * window.InputHeight / match.GridHeight;
        return match.X >= box.Left - 1.5 * patchX && match.X <= box.Left + box.Width + 1.5 * patchX
            && match.Y >= box.Top - 1.5 * patchY && match.Y <= box.Top + box.Height + 1.5 * patchY;
    }
}
