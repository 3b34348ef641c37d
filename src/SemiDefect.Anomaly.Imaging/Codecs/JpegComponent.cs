namespace SemiDefect.Anomaly.Imaging.Codecs;

/// <summary>A component of a JPEG frame, and what scans have coded of it. Not thread-safe.</summary>
/// <param name="id">Its number in scan headers.</param>
/// <param name="across">Its blocks in a unit, across.</param>
/// <param name="down">Its blocks in a unit, down.</param>
internal sealed class JpegComponent(int id, int across, int down)
{
    /// <summary>More bits than any scan leaves: not coded yet.</summary>
    private const int NotCoded = 99;

    public int Id { get; } = id;

    public int Across { get; } = across;

    public int Down { get; } = down;

    /// <summary>Blocks that hold pixels, in a row and in a column.</summary>
    public int Columns { get; set; }

    public int Rows { get; set; }

    /// <summary>Blocks in a row, with those that fill up the last unit.</summary>
    public int PaddedColumns { get; set; }

    /// <summary>In a progressive frame, the coefficients of each block that are not zero, as bits.</summary>
    public ulong[] NonZero { get; set; } = [];

    /// <summary>The low bits of each coefficient that no scan has coded yet.</summary>
    public int[] BitsLeft { get; } = [.. Enumerable.Repeat(NotCoded, 64)];
}
