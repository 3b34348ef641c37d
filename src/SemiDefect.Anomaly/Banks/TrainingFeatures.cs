using SemiDefect.Anomaly.Detection;
using SemiDefect.Anomaly.Encoders;
using SemiDefect.Anomaly.Search.Coresets;
using SemiDefect.Anomaly.Search.Numerics;

namespace SemiDefect.Anomaly.Banks;

/// <summary>
/// The patch embeddings of all training images, computed once. Kept in memory up to a number of rows, otherwise in a
/// temporary file. Memory: patches x dimension x 4 bytes, or one image's share of that. Not thread-safe.
/// </summary>
internal sealed class TrainingFeatures : IDisposable
{
    private readonly FeatureMatrix? _matrix;
    private readonly FeatureSpill? _spill;
    private float[] _buffer = [];

    private TrainingFeatures(FeatureMatrix? matrix, FeatureSpill? spill, int columns, ImageRows[] images)
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

    /// <summary>The rows of each image.</summary>
    public IReadOnlyList<ImageRows> Images { get; }

    /// <summary>Collects the patches of <paramref name="count"/> images.</summary>
    /// <param name="encoded">The views of the images of one lane, in order.</param>
    /// <param name="count">The number of images.</param>
    /// <param name="rowsAtOnce">Gets the dimension and the number of rows estimated from the first view; returns the
    /// number of rows that may be in memory.</param>
    /// <param name="report">Called with the number of completed images.</param>
    /// <exception cref="SemiDefectException">There are no images, or the temporary file fails.</exception>
    public static TrainingFeatures Collect(
        IEnumerable<EncodedView> encoded, int count, Func<int, long, int> rowsAtOnce, Action<int> report)
    {
        FeatureMatrix? matrix = null;
        FeatureSpill? spill = null;
        try
        {
            var images = new List<ImageRows>(count);
            var layouts = new List<PatchLayout>();
            int firstRow = 0;
            int rows = 0;
            int limit = 0;
            int columns = 0;
            foreach (EncodedView view in encoded)
            {
                PatchGrid grid = view.Grid;
                if (columns == 0)
                {
                    columns = grid.Dimension;
                    long expected = (long)count * view.Views * grid.Layout.Count;
                    limit = rowsAtOnce(columns, expected);
                    matrix = expected <= limit ? FeatureMatrix.Allocate((int)expected, columns) : null;
                }

                if (matrix is null || rows + grid.Layout.Count > matrix.Rows)
                {
                    // More rows than fit, or images of several sizes, for which the number of patches is only known at
                    // the end.
                    spill ??= Spill(matrix, rows, columns);
                    matrix?.Dispose();
                    matrix = null;
                    spill.Append(grid.Vectors.Span);
                }
                else
                {
                    grid.Vectors.Span.CopyTo(matrix.RowBlock(rows, grid.Layout.Count));
                }

                rows = checked(rows + grid.Layout.Count);
                layouts.Add(grid.Layout);
                if (view.IsLast)
                {
                    images.Add(new ImageRows(firstRow, [.. layouts]));
                    firstRow = rows;
                    layouts.Clear();
                    report(images.Count);
                }
            }

            if (images.Count == 0)
            {
                throw new SemiDefectException("There are no training images: give a folder of good images.");
            }

            if (rows == 0)
            {
                throw new SemiDefectException(
                    "No patch lies inside the region of interest: make it larger, or raise the working size.");
            }

            var features = new TrainingFeatures(matrix, spill, columns, [.. images]);

            // In a file although there is enough memory, or with memory reserved for images that were skipped.
            return matrix?.Rows != rows && rows <= limit ? features.LoadAll() : features;
        }
        catch
        {
            matrix?.Dispose();
            spill?.Dispose();
            throw;
        }
    }

    /// <summary>The grid of a view of an image; its vectors are valid until the next call.</summary>
    /// <param name="image">The image.</param>
    /// <param name="view">The index of the view.</param>
    public PatchGrid GridOf(int image, int view)
    {
        ImageRows rows = Images[image];
        PatchLayout layout = rows.Layouts[view];
        int length = checked(layout.Count * Columns);
        Memory<float> vectors = Buffer(length);
        Read(rows.FirstRowOf(view), layout.Count, vectors.Span);
        return new PatchGrid(layout, Columns, vectors);
    }

    /// <summary>The rows of one image; valid until the next call.</summary>
    public ReadOnlySpan<float> RowsOf(int image)
    {
        ImageRows rows = Images[image];
        if (_matrix is not null)
        {
            return _matrix.RowBlock(rows.FirstRow, rows.Count);
        }

        Span<float> vectors = Buffer(checked(rows.Count * Columns)).Span;
        Read(rows.FirstRow, rows.Count, vectors);
        return vectors;
    }

    /// <summary>
    /// The projected rows, in memory if they are few enough, otherwise in a file again. These rows are disposed of,
    /// also if the projection fails.
    /// </summary>
    /// <param name="projection">The projection.</param>
    /// <param name="limit">The number of projected rows that may be in memory.</param>
    /// <param name="threads">The number of threads.</param>
    /// <param name="cancellationToken">Stops between blocks of rows.</param>
    public TrainingFeatures Project(
        PatchProjection projection, int limit, int threads, CancellationToken cancellationToken)
    {
        const int Block = 4096;
        int columns = projection.Record.Outputs;
        FeatureMatrix? matrix = null;
        FeatureSpill? spill = null;
        try
        {
            matrix = Rows <= limit ? FeatureMatrix.Allocate(Rows, columns) : null;
            spill = matrix is null ? new FeatureSpill(columns) : null;
            float[] results = matrix is null ? new float[Block * columns] : [];
            for (int row = 0; row < Rows; row += Block)
            {
                int count = Math.Min(Block, Rows - row);
                Span<float> vectors = Buffer(count * Columns).Span;
                Read(row, count, vectors);
                Span<float> target = matrix is null
                    ? results.AsSpan(0, count * columns)
                    : matrix.RowBlock(row, count);
                projection.Apply(vectors, target, threads, cancellationToken);
                spill?.Append(target);
            }

            return new TrainingFeatures(matrix, spill, columns, [.. Images]);
        }
        catch
        {
            matrix?.Dispose();
            spill?.Dispose();
            throw;
        }
        finally
        {
            Dispose();
        }
    }

    /// <summary>Copies the rows of some images into memory, in order.</summary>
    public TrainingFeatures Subset(IReadOnlyList<int> images)
    {
        FeatureMatrix subset = FeatureMatrix.Allocate(images.Sum(image => Images[image].Count), Columns);
        try
        {
            var patches = new ImageRows[images.Count];
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

    /// <summary>
    /// Selects a memory bank from rows in memory; its source images are numbered by <paramref name="imageNumbers"/>.
    /// </summary>
    public SelectedBank SelectBank(
        CoresetOptions options,
        IReadOnlyList<int> imageNumbers,
        IProgress<CoresetProgress>? progress,
        CancellationToken cancellationToken)
    {
        CoresetSelection selection = Coreset.Select(Matrix, options, progress, cancellationToken);
        return Gather(selection, imageNumbers);
    }

    /// <summary>
    /// The memory bank of the selected rows; its source images are numbered by <paramref name="imageNumbers"/>.
    /// </summary>
    public SelectedBank Gather(CoresetSelection selection, IReadOnlyList<int> imageNumbers)
    {
        (int[] images, int[] patches) = SourcesOf(selection.Indices, imageNumbers);
        return new SelectedBank(
            new MemoryBank(Matrix.Gather(selection.Indices), images, patches), selection.CoveringRadius);
    }

    /// <summary>
    /// The image (numbered by <paramref name="imageNumbers"/>) and the patch of each row. Patches are numbered
    /// consecutively across all views of an image: those of a view follow the full grids of the preceding views.
    /// </summary>
    public (int[] Images, int[] Patches) SourcesOf(int[] rows, IReadOnlyList<int> imageNumbers)
    {
        int[] firstRows = [.. Images.Select(image => image.FirstRow)];
        int[] sourceImages = new int[rows.Length];
        int[] sourcePatches = new int[rows.Length];
        for (int i = 0; i < rows.Length; i++)
        {
            int found = Array.BinarySearch(firstRows, rows[i]);
            int image = found >= 0 ? found : ~found - 1;

            // An image without a valid patch starts where the next one does.
            while (Images[image].Count <= rows[i] - firstRows[image])
            {
                image++;
            }

            sourceImages[i] = imageNumbers[image];
            sourcePatches[i] = Images[image].PatchOf(rows[i] - firstRows[image]);
        }

        return (sourceImages, sourcePatches);
    }

    /// <summary>Frees the memory or deletes the file.</summary>
    public void Dispose()
    {
        _matrix?.Dispose();
        _spill?.Dispose();
    }

    private Memory<float> Buffer(int length)
    {
        if (_buffer.Length < length)
        {
            _buffer = new float[length];
        }

        return _buffer.AsMemory(0, length);
    }

    private void Read(int firstRow, int count, Span<float> vectors)
    {
        if (_matrix is not null)
        {
            _matrix.RowBlock(firstRow, count).CopyTo(vectors);
        }
        else
        {
            _spill!.Read(firstRow, vectors);
        }
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

/// <summary>
/// The position of one training image's patches among the rows of all images. Treat as immutable; then thread-safe.
/// </summary>
/// <param name="FirstRow">The image's first row.</param>
/// <param name="Layouts">The patches of each view; the rows of the views are consecutive.</param>
internal sealed record ImageRows(int FirstRow, IReadOnlyList<PatchLayout> Layouts)
{
    /// <summary>The number of rows of the image.</summary>
    public int Count { get; } = Layouts.Sum(layout => layout.Count);

    /// <summary>The first row of a view.</summary>
    public int FirstRowOf(int view) => FirstRow + Layouts.Take(view).Sum(layout => layout.Count);

    /// <summary>The index of a row's patch in the concatenated full grids of all views.</summary>
    /// <param name="row">The row, relative to the image's first row.</param>
    public int PatchOf(int row)
    {
        int before = 0;
        foreach (PatchLayout layout in Layouts)
        {
            if (row < layout.Count)
            {
                return before + layout.PatchOf(row);
            }

            row -= layout.Count;
            before += layout.Height * layout.Width;
        }

        throw new ArgumentOutOfRangeException(nameof(row));
    }
}
