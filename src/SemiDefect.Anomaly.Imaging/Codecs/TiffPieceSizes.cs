namespace SemiDefect.Anomaly.Imaging.Codecs;

/// <summary>How many bytes the strips or tiles of a page hold. Immutable and thread-safe.</summary>
/// <param name="ImageWidth">The width of the image.</param>
/// <param name="ImageHeight">The height of the image.</param>
/// <param name="Width">The width of a piece.</param>
/// <param name="Height">The height of a piece; of the last strip, less.</param>
/// <param name="Samples">The samples of a pixel.</param>
/// <param name="Depth">The bits of a sample.</param>
/// <param name="IsSeparate">Whether each sample has pieces of its own.</param>
/// <param name="IsTiled">Whether the pieces are tiles.</param>
internal sealed record TiffPieceSizes(
    long ImageWidth,
    long ImageHeight,
    int Width,
    int Height,
    int Samples,
    int Depth,
    bool IsSeparate,
    bool IsTiled)
{
    private long Across => (ImageWidth + Width - 1) / Width;

    private long Down => (ImageHeight + Height - 1) / Height;

    private long RowBytes => ((long)Width * (IsSeparate ? 1 : Samples) * Depth + 7) / 8;

    /// <summary>The number of pieces.</summary>
    public long Count => Across * Down * (IsSeparate ? Samples : 1);

    /// <summary>The bytes of the largest piece.</summary>
    public long LargestBytes => RowBytes * Height;

    /// <summary>The bytes of all pieces.</summary>
    public long AllBytes => LargestBytes * Count;

    /// <summary>The bytes of the pixels of the image.</summary>
    public long ImageBytes => ImageWidth * ImageHeight * Samples * Depth / 8;

    /// <summary>The bytes of a piece.</summary>
    public int BytesOf(int piece)
    {
        long row = IsTiled ? 0 : piece % Down;
        long rows = IsTiled ? Height : Math.Min(Height, ImageHeight - row * Height);
        return (int)(RowBytes * rows);
    }
}
