using SemiDefect.Anomaly.Search.Coresets;
using SemiDefect.Anomaly.Search.Numerics;

namespace SemiDefect.Anomaly.Banks;

/// <summary>
/// What normal looks like: the patch vectors kept, and where each came from. Reading is thread-safe. Owns the vectors;
/// dispose it once no search uses it any more. Memory: rows x (columns x 4 + 8) bytes.
/// </summary>
internal sealed class MemoryBank : IDisposable
{
    /// <summary>Takes over the vectors and the arrays.</summary>
    /// <param name="vectors">One row per patch kept.</param>
    /// <param name="sourceImages">The training image each row came from, 0 or more.</param>
    /// <param name="sourcePatches">The patch of that image (y x grid width + x), 0 or more.</param>
    /// <exception cref="ArgumentException">An array is not as long as there are rows, or holds a negative
    /// number.</exception>
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

    /// <summary>The training image each row came from.</summary>
    public int[] SourceImages { get; }

    /// <summary>The patch of that image: y x grid width + x.</summary>
    public int[] SourcePatches { get; }

    /// <summary>
    /// Copies the picked rows out of the features of all training images, which hold
    /// <paramref name="patchesPerImage"/> consecutive rows per image.
    /// </summary>
    /// <exception cref="ArgumentException">The features are no whole number of images.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A picked row is not there.</exception>
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

    /// <summary>Copies the rows of several banks, one bank after the other; the sources stay as they are.</summary>
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

    /// <summary>Picks a smaller bank out of this one.</summary>
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

    /// <summary>Gives the vectors' memory back.</summary>
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
