using SemiDefect.Anomaly.Views;

namespace SemiDefect.Anomaly.Encoders;

/// <summary>
/// The patch vectors of one view, from the encoder to the memory bank. Treat as immutable; then thread-safe.
/// </summary>
public sealed record PatchGrid
{
    internal PatchGrid(PatchLayout layout, int dimension, ReadOnlyMemory<float> vectors) =>
        (Layout, Dimension, Vectors) = (layout, dimension, vectors);

    /// <summary>Rows of the grid.</summary>
    public int Height => Layout.Height;

    /// <summary>Patches per row.</summary>
    public int Width => Layout.Width;

    /// <summary>The valid patches (y x width + x), ascending; null if all are valid.</summary>
    public IReadOnlyList<int>? Patches => Layout.Patches;

    /// <summary>The view that was encoded.</summary>
    public View View => Layout.View;

    /// <summary>Values per patch.</summary>
    public int Dimension { get; init; }

    /// <summary>One vector per valid patch, consecutively, in the order of the patches.</summary>
    public ReadOnlyMemory<float> Vectors { get; init; }

    /// <summary>The positions of the vectors.</summary>
    internal PatchLayout Layout { get; }

    /// <summary>A grid of the complete output of an encoder; invalid patches are removed.</summary>
    /// <param name="height">Rows of the grid.</param>
    /// <param name="width">Columns of the grid.</param>
    /// <param name="dimension">Values per patch.</param>
    /// <param name="vectors">height x width vectors, row by row; not copied if all are valid.</param>
    /// <param name="view">The view that was encoded.</param>
    /// <exception cref="ArgumentException">The number of values is wrong.</exception>
    public static PatchGrid Of(int height, int width, int dimension, float[] vectors, View view)
    {
        ArgumentNullException.ThrowIfNull(vectors);
        ArgumentNullException.ThrowIfNull(view);
        if (vectors.LongLength != (long)height * width * dimension)
        {
            throw new ArgumentException(
                $"A grid of {width} x {height} patches of {dimension} values needs {(long)height * width * dimension} "
                    + "values, "
                + $"got {vectors.LongLength}.",
                nameof(vectors));
        }

        int[]? valid = view.ValidPatches(height, width);
        if (valid is null)
        {
            return new PatchGrid(new PatchLayout(height, width, view, null), dimension, vectors);
        }

        float[] kept = new float[valid.Length * dimension];
        for (int i = 0; i < valid.Length; i++)
        {
            vectors.AsSpan(valid[i] * dimension, dimension).CopyTo(kept.AsSpan(i * dimension));
        }

        return new PatchGrid(new PatchLayout(height, width, view, valid), dimension, kept);
    }
}

/// <summary>The patches of a view. Treat as immutable; then thread-safe.</summary>
/// <param name="Height">Rows of the patch grid.</param>
/// <param name="Width">Columns of the patch grid.</param>
/// <param name="View">The view.</param>
/// <param name="Patches">The valid patches (y x width + x), ascending; null if all are valid.</param>
internal sealed record PatchLayout(int Height, int Width, View View, IReadOnlyList<int>? Patches)
{
    /// <summary>The number of valid patches, which are used for training and scoring.</summary>
    public int Count => Patches?.Count ?? Height * Width;

    /// <summary>The patch (y x width + x) of a vector.</summary>
    public int PatchOf(int vector) => Patches?[vector] ?? vector;
}
