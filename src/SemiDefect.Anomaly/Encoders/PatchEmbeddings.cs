namespace SemiDefect.Anomaly.Encoders;

/// <summary>The patch embeddings of a batch of images: rows ordered image, y, x. Immutable by convention, and so thread-safe.</summary>
public sealed class PatchEmbeddings
{
    internal PatchEmbeddings(int images, int gridHeight, int gridWidth, int dimension, float[] values)
    {
        Images = images;
        GridHeight = gridHeight;
        GridWidth = gridWidth;
        Dimension = dimension;
        Values = values;
    }

    /// <summary>The number of images.</summary>
    public int Images { get; }

    /// <summary>Rows of the patch grid.</summary>
    public int GridHeight { get; }

    /// <summary>Columns of the patch grid.</summary>
    public int GridWidth { get; }

    /// <summary>Patches per image.</summary>
    public int PatchesPerImage => GridHeight * GridWidth;

    /// <summary>Values per patch.</summary>
    public int Dimension { get; }

    /// <summary>All rows, images x patches x dimension.</summary>
    public float[] Values { get; }

    /// <summary>The rows of one image, patches x dimension.</summary>
    public ReadOnlyMemory<float> OfImage(int image) =>
        Values.AsMemory(image * PatchesPerImage * Dimension, PatchesPerImage * Dimension);
}
