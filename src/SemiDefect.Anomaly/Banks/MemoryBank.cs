using SemiDefect.Anomaly.Search.Coresets;
using SemiDefect.Anomaly.Search.Numerics;

namespace SemiDefect.Anomaly.Banks;

/// <summary>
/// The patch vectors that were kept from training, and the origin of each. Thread-safe for reading. Owns the vectors;
/// dispose of it when no search uses it any more. Memory: rows x (columns x 4 + 8) bytes.
/// </summary>
internal sealed class MemoryBank : IDisposable
{
    /// <summary>Takes ownership of the vectors and the arrays.</summary>
    /// <param name="vectors">One row per patch.</param>
    /// <param name="sourceImages">The index of the training image of each row, 0 or more.</param>
    /// <param name="sourcePatches">The index of the patch in that image (y x grid width + x), 0 or more.</param>
    /// <exception cref="ArgumentException">The length of an array differs from the number of rows, or a value is
    /// negative.</exception>
    public MemoryBank(FeatureMatrix vectors, int[] sourceImages, int[] sourcePatches)
    {
        ArgumentNullException.ThrowIfNull(vectors);
        Check(vectors.Rows, sourceImages, nameof(sourceImages));
        Check(vectors.Rows, sourcePatches, nameof(sourcePatches));
        Vectors = vectors;
        SourceImages = sourceImages;
        SourcePatches = sourcePatches;
    }

    /// <summary>The patch vectors, one per row.</summary>
    public FeatureMatrix Vectors { get; }

    /// <summary>The index of the training image of each row.</summary>
    public int[] SourceImages { get; }

    /// <summary>The index of the patch in that image: y x grid width + x.</summary>
    public int[] SourcePatches { get; }

    /// <summary>
    /// Copies the selected rows from the features of all training images, which have <paramref name="patchesPerImage"/>
    /// consecutive rows per image.
    /// </summary>
    /// <exception cref="ArgumentException">The number of rows is not a multiple of the patches per image.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A selected row does not exist.</exception>
    public static MemoryBank FromSelection(FeatureMatrix features, ReadOnlySpan<int> indices, int patchesPerImage)
    {
        ArgumentNullException.ThrowIfNull(features);
        ArgumentOutOfRangeException.ThrowIfLessThan(patchesPerImage, 1);
        if (features.Rows % patchesPerImage != 0)
        {
            throw new ArgumentException(
                $"{features.Rows} rows are no whole number of images of {patchesPerImage} patches.", nameof(features));
        }

        FeatureMatrix vectors = features.Gather(indices);
        int[] images = new int[indices.Length];
        int[] patches = new int[indices.Length];
        for (int i = 0; i < indices.Length; i++)
        {
            (images[i], patches[i]) = Math.DivRem(indices[i], patchesPerImage);
        }

        return new MemoryBank(vectors, images, patches);
    }

    /// <summary>Concatenates copies of several banks.</summary>
    internal static MemoryBank Join(IReadOnlyList<MemoryBank> banks)
    {
        FeatureMatrix vectors = FeatureMatrix.Allocate(banks.Sum(bank => bank.Vectors.Rows), banks[0].Vectors.Columns);
        int row = 0;
        foreach (MemoryBank bank in banks)
        {
            for (int i = 0; i < bank.Vectors.Rows; i++)
            {
                bank.Vectors.Row(i).CopyTo(vectors.Row(row++));
            }
        }

        return new MemoryBank(
            vectors,
            [.. banks.SelectMany(bank => bank.SourceImages)],
            [.. banks.SelectMany(bank => bank.SourcePatches)]);
    }

    /// <summary>Selects a smaller bank from this one.</summary>
    internal SelectedBank Reduce(
        CoresetOptions options,
        IProgress<CoresetProgress>? progress,
        CancellationToken cancellationToken)
    {
        CoresetSelection selection = Coreset.Select(Vectors, options, progress, cancellationToken);
        int[] picks = selection.Indices;
        return new SelectedBank(
            new MemoryBank(
                Vectors.Gather(picks),
                [.. picks.Select(pick => SourceImages[pick])],
                [.. picks.Select(pick => SourcePatches[pick])]),
            selection.CoveringRadius);
    }

    /// <summary>Frees the vectors.</summary>
    public void Dispose() => Vectors.Dispose();

    private static void Check(int rows, int[] sources, string name)
    {
        ArgumentNullException.ThrowIfNull(sources, name);
        if (sources.Length != rows)
        {
            throw new ArgumentException($"{sources.Length} entries for {rows} rows.", name);
        }

        if (sources.AsSpan().ContainsAnyInRange(int.MinValue, -1))
        {
            throw new ArgumentException("A source is negative.", name);
        }
    }
}
