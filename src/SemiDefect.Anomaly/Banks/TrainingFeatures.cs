using SemiDefect.Anomaly.Encoders;
using SemiDefect.Anomaly.Search.Coresets;
using SemiDefect.Anomaly.Search.Numerics;

namespace SemiDefect.Anomaly.Banks;

/// <summary>
/// The patch embeddings of all training images, computed once. They are held in memory up to a number of rows, and in a temporary file
/// beyond it. Memory: patches x dimension x 4 bytes, or one image's share of that. Not thread-safe.
/// </summary>
internal sealed class TrainingFeatures : IDisposable
{
    private readonly FeatureMatrix? _matrix;
    private readonly FeatureSpill? _spill;
    private float[] _buffer = [];

    private TrainingFeatures(FeatureMatrix? matrix, FeatureSpill? spill, int columns, ImagePatches[] images)
    {
        _matrix = matrix;
        _spill = spill;
        Columns = columns;
        Images = images;
    }

    /// <summary>The number of patches of all images.</summary>
    public int Rows => Images[^1].FirstRow + Images[^1].Count;

    /// <summary>One row per patch, in the order of the images.</summary>
    /// <exception cref="InvalidOperationException">The rows are in a file.</exception>
    public FeatureMatrix Matrix => _matrix ?? throw new InvalidOperationException("The rows are in a file.");

    /// <summary>Values per patch.</summary>
    public int Columns { get; }

    /// <summary>Whether the rows are in a file.</summary>
    public bool IsSpilled => _spill is not null;

    /// <summary>Where each image's rows lie.</summary>
    public IReadOnlyList<ImagePatches> Images { get; }

    /// <summary>Collects the embeddings of <paramref name="count"/> images as they come.</summary>
    /// <param name="embedded">The images, in order.</param>
    /// <param name="count">How many there are.</param>
    /// <param name="rowsAtOnce">Given the dimension, and the number of rows that the first image leads to expect: how many may be in memory.</param>
    /// <param name="report">Told how many images are done.</param>
    /// <exception cref="SemiDefectException">There is no image, or the temporary file fails.</exception>
    public static TrainingFeatures Collect(IEnumerable<EmbeddedImage> embedded, int count, Func<int, long, int> rowsAtOnce, Action<int> report)
    {
        FeatureMatrix? matrix = null;
        FeatureSpill? spill = null;
        try
        {
            var images = new List<ImagePatches>(count);
            int rows = 0;
            int limit = 0;
            int columns = 0;
            foreach (EmbeddedImage image in embedded)
            {
                if (images.Count == 0)
                {
                    columns = image.Dimension;
                    long expected = (long)count * image.Patches;
                    limit = rowsAtOnce(columns, expected);
                    matrix = expected <= limit ? FeatureMatrix.Allocate((int)expected, columns) : null;
                }

                if (matrix is null || rows + image.Patches > matrix.Rows)
                {
                    // More than there is room for, or images of several sizes, whose number of patches shows at the end only.
                    spill ??= Spill(matrix, rows, columns);
                    matrix?.Dispose();
                    matrix = null;
                    spill.Append(image.Rows.Span);
                }
                else
                {
                    image.Rows.Span.CopyTo(matrix.RowBlock(rows, image.Patches));
                }

                images.Add(new ImagePatches(rows, image.GridHeight, image.GridWidth, image.Geometry));
                rows = checked(rows + image.Patches);
                report(images.Count);
            }

            if (images.Count == 0)
            {
                throw new SemiDefectException("There is no image to learn from: give a folder of good images.");
            }

            var features = new TrainingFeatures(matrix, spill, columns, [.. images]);

            // In a file although there is room for all, or with room for images that were passed over.
            return matrix?.Rows != rows && rows <= limit ? features.LoadAll() : features;
        }
        catch
        {
            matrix?.Dispose();
            spill?.Dispose();
            throw;
        }
    }

    /// <summary>The rows of one image; valid until the next call.</summary>
    public ReadOnlySpan<float> RowsOf(int image)
    {
        ImagePatches patches = Images[image];
        if (_matrix is not null)
        {
            return _matrix.RowBlock(patches.FirstRow, patches.Count);
        }

        int length = checked(patches.Count * Columns);
        if (_buffer.Length < length)
        {
            _buffer = new float[length];
        }

        Span<float> rows = _buffer.AsSpan(0, length);
        _spill!.Read(patches.FirstRow, rows);
        return rows;
    }

    /// <summary>Copies the rows of some images into memory, in order.</summary>
    public TrainingFeatures Subset(IReadOnlyList<int> images)
    {
        FeatureMatrix subset = FeatureMatrix.Allocate(images.Sum(image => Images[image].Count), Columns);
        try
        {
            var patches = new ImagePatches[images.Count];
            int rows = 0;
            for (int i = 0; i < images.Count; i++)
            {
                RowsOf(images[i]).CopyTo(subset.RowBlock(rows, Images[images[i]].Count));
                patches[i] = Images[images[i]] with { FirstRow = rows };
                rows += patches[i].Count;
            }

            return new TrainingFeatures(subset, null, Columns, patches);
        }
        catch
        {
            subset.Dispose();
            throw;
        }
    }

    /// <summary>Picks a memory bank out of rows that are in memory; its sources are numbered by <paramref name="imageNumbers"/>.</summary>
    public SelectedBank SelectBank(CoresetOptions options, IReadOnlyList<int> imageNumbers, IProgress<CoresetProgress>? progress, CancellationToken cancellationToken)
    {
        CoresetSelection selection = Coreset.Select(Matrix, options, progress, cancellationToken);
        return Gather(selection, imageNumbers);
    }

    /// <summary>The memory bank of rows that were picked; its sources are numbered by <paramref name="imageNumbers"/>.</summary>
    public SelectedBank Gather(CoresetSelection selection, IReadOnlyList<int> imageNumbers)
    {
        (int[] images, int[] patches) = SourcesOf(selection.Indices, imageNumbers);
        return new SelectedBank(new MemoryBank(Matrix.Gather(selection.Indices), images, patches), selection.CoveringRadius);
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

    /// <summary>Gives the memory or the file back.</summary>
    public void Dispose()
    {
        _matrix?.Dispose();
        _spill?.Dispose();
    }

    private TrainingFeatures LoadAll()
    {
        using (this)
        {
            return Subset([.. Enumerable.Range(0, Images.Count)]);
        }
    }

    private static FeatureSpill Spill(FeatureMatrix? matrix, int rows, int columns)
    {
        var spill = new FeatureSpill(columns);
        try
        {
            const int Block = 1024;
            for (int row = 0; row < rows; row += Block)
            {
                spill.Append(matrix!.RowBlock(row, Math.Min(Block, rows - row)));
            }

            return spill;
        }
        catch
        {
            spill.Dispose();
            throw;
        }
    }
}
