namespace SemiDefect.Anomaly.Encoders;

/// <summary>
/// The patch vectors of one view, from the encoder to the memory bank. Treat as immutable; then thread-safe.
/// </summary>
/// <param name="Layout">The positions of the vectors.</param>
/// <param name="Dimension">Values per patch.</param>
/// <param name="Vectors">Layout.Count vectors, consecutively, in the order of their patches.</param>
public sealed record PatchGrid(PatchLayout Layout, int Dimension, ReadOnlyMemory<float> Vectors)
{
    /// <summary>A grid of the complete output of an encoder; invalid patches are removed.</summary>
    /// <param name="height">Rows of the grid.</param>
    /// <param name="width">Columns of the grid.</param>
    /// <param name="dimension">Values per patch.</param>
    /// <param name="vectors">height x width vectors, row by row; not copied if all are valid.</param>
    /// <param name="view">The view that was encoded.</param>
    /// <exception cref="ArgumentException">The number of values is wrong.</exception>
    public static PatchGrid Of(int height, int width, int dimension, float[] vectors, Views.View view)
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
