using System.Buffers.Binary;

namespace SemiDefect.Anomaly.Imaging.Codecs.Dicom;

/// <summary>
/// Converts the gray samples of a frame to 8 bits. A sample is known by its position from the lowest that its bits can
/// hold, so that signed and unsigned ones are treated alike. Immutable and thread-safe.
/// </summary>
internal sealed class DicomSamples(DicomHeader header)
{
    private readonly int _levels = 1 << header.BitsStored;
    private readonly int _sign = header.IsSigned ? 1 << (header.BitsStored - 1) : 0;
    private readonly bool _isFalling = header.Rescale.Slope < 0;

    /// <summary>The gray level of each sample, if the range of its bits becomes 0 to 255.</summary>
    /// <param name="wide">
    /// Says how many bits of 16 are used, where the file says that it uses all, and whether it is a mask.
    /// </param>
    /// <exception cref="ImageFormatException">The detector was fitted for another number of bits.</exception>
    public byte[] FullTable(WideSamples wide)
    {
        int bits = header.BitsStored;
        if (bits == ImageReading.FullBitDepth)
        {
            bits = wide.BitDepth ?? bits;
        }
        else if (bits > 8 && wide.BitDepth is { } fitted and < ImageReading.FullBitDepth && fitted != bits)
        {
            throw new ImageFormatException(
                $"'{header.Name}' is a DICOM image of {bits} bits, and the detector was fitted for {fitted}: export "
                    + "it as the good images were, or fit again with --bit-depth 16.");
        }

        int white = (1 << bits) - 1;
        bool isFlipped = header.IsInverted != _isFalling;
        var moved = new WideSamples(bits, wide.KeepsMarks);
        byte[] table = new byte[_levels];
        for (int i = 0; i < _levels; i++)
        {
            // What is above the bits in use is refused afterwards.
            int level = Math.Min(i, white);
            table[i] = moved.Convert(isFlipped ? white - level : level);
        }

        return table;
    }

    /// <summary>The gray level of each sample by a window of values after rescaling.</summary>
    public byte[] Table((double Low, double High) window)
    {
        byte[] table = new byte[_levels];
        for (int i = 0; i < _levels; i++)
        {
            byte level = IntensityTable.Map(ValueOf(i), window);
            table[i] = header.IsInverted ? (byte)(255 - level) : level;
        }

        return table;
    }

    /// <summary>The window between two percentiles of a frame, in values after rescaling.</summary>
    public (double Low, double High) Window(ReadOnlySpan<byte> frame, IntensityRange percentiles)
    {
        long[] counts = new long[_levels];
        for (int i = 0; i < header.Width * header.Height; i++)
        {
            counts[LevelAt(frame, i)]++;
        }

        if (_isFalling)
        {
            Array.Reverse(counts);
        }

        return (At(percentiles.Low), At(percentiles.High));

        double At(double percent)
        {
            int level = IntensityTable.Percentile(counts, percent);
            return ValueOf(_isFalling ? _levels - 1 - level : level);
        }
    }

    /// <summary>Converts a frame to gray in RGB.</summary>
    /// <returns>The lowest and the highest sample, from the lowest that the bits can hold.</returns>
    public (int Lowest, int Highest) Convert(ReadOnlySpan<byte> frame, byte[] table, byte[] rgb)
    {
        int lowest = int.MaxValue;
        int highest = 0;
        for (int i = 0, target = 0; target < rgb.Length; i++, target += 3)
        {
            int level = LevelAt(frame, i);
            lowest = Math.Min(lowest, level);
            highest = Math.Max(highest, level);
            byte gray = table[level];
            (rgb[target], rgb[target + 1], rgb[target + 2]) = (gray, gray, gray);
        }

        return (lowest, highest);
    }

    private double ValueOf(int level) => header.Rescale.Slope * (level - _sign) + header.Rescale.Intercept;

    // Bits that are not in use may hold overlays and are dropped.
    private int LevelAt(ReadOnlySpan<byte> frame, int index)
    {
        int stored = header.BitsAllocated == 8
            ? frame[index]
            : BinaryPrimitives.ReadUInt16LittleEndian(frame[(2 * index)..]);
        return ((stored >> header.Shift) & (_levels - 1)) ^ _sign;
    }
}
