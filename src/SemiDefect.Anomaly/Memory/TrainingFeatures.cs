using SemiDefect.Anomaly.Numerics;

namespace SemiDefect.Anomaly.Memory;

/// <summary>
/// The patch embeddings of all training images, computed once. Memory: patches x dimension x 4 bytes, and up to twice
/// that while images of different sizes come in. Reading is thread-safe.
/// </summary>
internal sealed class TrainingFeatures : IDisposable
{
    private TrainingFeatures(FeatureMatrix matrix, ImagePatches[] images)
    {
        Matrix = matrix;
        Images = images;
    }

    /// <summary>One row per patch, in the order of the images.</summary>
    public FeatureMatrix Matrix { get; }

    /// <summary>Where each image's rows lie.</summary>
    public IReadOnlyList<ImagePatches> Images { get; }

    /// <summary>Collects the embeddings of <paramref name="count"/> images as they come.</summary>
    public static TrainingFeatures Collect(IEnumerable<EmbeddedImage> embedded, int count, Action<int> report)
    {
        FeatureMatrix? matrix = null;
        try
        {
            var images = new List<ImagePatches>(count);
            int rows = 0;
            foreach (EmbeddedImage image in embedded)
            {
                matrix ??= FeatureMatrix.Allocate(checked(count * image.Patches), image.Dimension);
                if (rows + image.Patches > matrix.Rows)
                {
                    matrix = Resize(matrix, rows, checked(Math.Max(rows + image.Patches, rows + rows / 2)));
                }

                image.Rows.Span.CopyTo(matrix.RowBlock(rows, image.Patches));
                images.Add(new ImagePatches(rows, image.GridHeight, image.GridWidth, image.Geometry));
                rows += image.Patches;
                report(images.Count);
            }

            if (matrix is null)
            {
                throw new SemiDefectException("There is no image to learn from: give a folder of good images.");
            }

            matrix = rows == matrix.Rows ? matrix : Resize(matrix, rows, rows);
            return new TrainingFeatures(matrix, [.. images]);
        }
        catch
        {
            matrix?.Dispose();
            throw;
        }
    }

    /// <summary>The rows of one image.</summary>
    public ReadOnlySpan<float> RowsOf(int image) => Matrix.RowBlock(Images[image].FirstRow, Images[image].Count);

    /// <summary>Copies the rows of some images, in order.</summary>
    public TrainingFeatures Subset(IReadOnlyList<int> images)
    {
        FeatureMatrix subset = FeatureMatrix.Allocate(images.Sum(image => Images[image].Count), Matrix.Columns);
        var patches = new ImagePatches[images.Count];
        int rows = 0;
        for (int i = 0; i < images.Count; i++)
        {
            RowsOf(images[i]).CopyTo(subset.RowBlock(rows, Images[images[i]].Count));
            patches[i] = Images[images[i]] with { FirstRow = rows };
            rows += patches[i].Count;
        }

        return new TrainingFeatures(subset, patches);
    }

    /// <summary>Picks a memory bank; its sources are numbered by <paramref name="imageNumbers"/>.</summary>
    public MemoryBank SelectBank(CoresetOptions options, IReadOnlyList<int> imageNumbers, IProgress<CoresetProgress>? progress, CancellationToken cancellationToken)
    {
        int[] picks = Coreset.Select(Matrix, options, progress, cancellationToken).Indices;
        (int[] sourceImages, int[] sourcePatches) = SourcesOf(picks, imageNumbers);
        return new MemoryBank(Matrix.Gather(picks), sourceImages, sourcePatches);
    }

    /// <summary>The image, numbered by <paramref name="imageNumbers"/>, and its patch that each row is.</summary>
    public (int[] Images, int[] Patches) SourcesOf(int[] rows, IReadOnlyList<int> imageNumbers)
    {
        int[] firstRows = [.. Images.Select(image => image.FirstRow)];
        int[] sourceImages = new int[rows.Length];
        int[] sourcePatches = new int[rows.Length];
        for (int i = 0; i < rows.Length; i++)
        {
            int found = Array.BinarySearch(firstRows, rows[i]);
            int image = found >= 0 ? found : ~found - 1;
            sourceImages[i] = imageNumbers[image];
            sourcePatches[i] = rows[i] - firstRows[image];
        }

        return (sourceImages, sourcePatches);
    }

    /// <summary>Gives the memory back.</summary>
    public void Dispose() => Matrix.Dispose();

    private static FeatureMatrix Resize(FeatureMatrix matrix, int rows, int newRows)
    {
        using (matrix)
        {
            FeatureMatrix resized = FeatureMatrix.Allocate(newRows, matrix.Columns);
            for (int row = 0; row < rows; row++)
            {
                matrix.Row(row).CopyTo(resized.Row(row));
            }

            return resized;
        }
    }
}
