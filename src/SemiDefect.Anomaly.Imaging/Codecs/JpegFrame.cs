namespace SemiDefect.Anomaly.Imaging.Codecs;

/// <summary>The frame of a JPEG file, and what its scans have coded so far. Not thread-safe.</summary>
internal sealed class JpegFrame
{
    private JpegFrame(int width, int height, bool isProgressive, JpegComponent[] components)
    {
        Width = width;
        Height = height;
        IsProgressive = isProgressive;
        Components = components;
        MostAcross = components.Max(component => component.Across);
        MostDown = components.Max(component => component.Down);
        foreach (JpegComponent component in components)
        {
            component.Columns = Blocks(width, component.Across, MostAcross);
            component.Rows = Blocks(height, component.Down, MostDown);
            component.PaddedColumns = UnitsAcross * component.Across;
            if (isProgressive)
            {
                component.NonZero = new ulong[(long)component.PaddedColumns * UnitsDown * component.Down];
            }
        }
    }

    public int Width { get; }

    public int Height { get; }

    public bool IsProgressive { get; }

    public JpegComponent[] Components { get; }

    /// <summary>The most blocks of a component in a unit, across and down.</summary>
    public int MostAcross { get; }

    public int MostDown { get; }

    /// <summary>The number of minimum coded units of all components.</summary>
    public int UnitsAcross => (Width + 8 * MostAcross - 1) / (8 * MostAcross);

    public int UnitsDown => (Height + 8 * MostDown - 1) / (8 * MostDown);

    /// <summary>Whether scans have coded all coefficients to the last bit.</summary>
    public bool IsComplete => Components.All(component => component.BitsLeft.All(bits => bits == 0));

    /// <summary>
    /// Reads a frame header (SOF); null if it is not of the size given, impossible, or of a kind that is not checked.
    /// </summary>
    public static JpegFrame? Read(ReadOnlySpan<byte> header, bool isProgressive, (int Width, int Height) size)
    {
        if (header.Length < 6 || header[0] != 8 || header[5] is 0 or > 4 || header.Length < 6 + 3 * header[5])
        {
            return null;
        }

        int height = (header[1] << 8) | header[2];
        int width = (header[3] << 8) | header[4];
        var components = new JpegComponent[header[5]];
        for (int i = 0; i < components.Length; i++)
        {
            components[i] = new JpegComponent(header[6 + 3 * i], header[7 + 3 * i] >> 4, header[7 + 3 * i] & 15);
        }

        return (width, height) != size
            || !components.All(component => component.Across is >= 1 and <= 4 && component.Down is >= 1 and <= 4)
                ? null
                : new JpegFrame(width, height, isProgressive, components);
    }

    private static int Blocks(int size, int share, int most)
    {
        int samples = (size * share + most - 1) / most;
        return (samples + 7) / 8;
    }
}

/// <summary>A component of a JPEG frame.</summary>
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
