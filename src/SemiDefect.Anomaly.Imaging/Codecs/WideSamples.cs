using System.Runtime.CompilerServices;

namespace SemiDefect.Anomaly.Imaging.Codecs;

/// <summary>
/// Converts the samples of 16 bits of one image to 8 bits, and notes the highest one. With a bit depth, samples are
/// first moved up to the highest bits, so that an image is the same whichever bits of 16 its camera used. With a
/// window, they are mapped by it. Not thread-safe.
/// </summary>
/// <param name="bitDepth">The number of low bits in use; null for all 16.</param>
/// <param name="keepsMarks">Whether samples above 0 stay above 0, as a mask needs.</param>
internal sealed class WideSamples(int? bitDepth, bool keepsMarks)
{
    private const int Levels = ushort.MaxValue + 1;

    private readonly int _shift = ImageReading.FullBitDepth - (bitDepth ?? ImageReading.FullBitDepth);
    private byte[]? _table;
    private long[]? _counts;

    /// <summary>The number of low bits in use; null for all 16.</summary>
    public int? BitDepth => bitDepth;

    /// <summary>Whether samples above 0 stay above 0, as a mask needs.</summary>
    public bool KeepsMarks => keepsMarks;

    /// <summary>The highest sample as stored; null before the first.</summary>
    public int? Highest { get; private set; }

    /// <summary>An instance that only counts samples, to find percentiles.</summary>
    public static WideSamples Counting() => new(null, keepsMarks: false) { _counts = new long[Levels] };

    /// <summary>An instance that maps samples by a window.</summary>
    public static WideSamples Windowed((double Low, double High) window)
    {
        byte[] table = new byte[Levels];
        for (int i = 0; i < Levels; i++)
        {
            table[i] = IntensityTable.Map(i, window);
        }

        return new WideSamples(null, keepsMarks: false) { _table = table };
    }

    /// <summary>The window between two percentiles of the samples that were counted.</summary>
    public (double Low, double High) Window(IntensityRange percentiles) =>
        (IntensityTable.Percentile(_counts!, percentiles.Low), IntensityTable.Percentile(_counts!, percentiles.High));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public byte Convert(int value)
    {
        if (!(value <= Highest))
        {
            Highest = value;
        }

        if (keepsMarks)
        {
            return Samples.MarkFromUInt16(value);
        }

        if (_table is not null)
        {
            return _table[value];
        }

        if (_counts is not null)
        {
            _counts[value]++;
            return 0;
        }

        // With 8 bits, white would not become white by moving alone, and a byte would not stay what it is.
        int moved = _shift == 8 ? value * 257 : value << _shift;
        return Samples.FromUInt16(moved);
    }

    /// <summary>The lowest of samples that were noted; null if none was.</summary>
    public int? Lowest { get; private set; }

    /// <summary>Notes the lowest and the highest of samples that are converted elsewhere.</summary>
    public void Note(int lowest, int highest) => (Lowest, Highest) = (lowest, highest);

    /// <summary>Converts a sample that is darker the higher it is.</summary>
    public byte ConvertInverted(int value)
    {
        byte inverted = Convert(value);
        return keepsMarks ? Samples.MarkFromUInt16(ushort.MaxValue - value) : (byte)(255 - inverted);
    }

    /// <summary>Refuses an image with a sample above the bit depth.</summary>
    /// <exception cref="ImageFormatException">There is one.</exception>
    public void RequireInRange(string name)
    {
        if (bitDepth is { } bits && Highest >= 1 << bits)
        {
            throw new ImageFormatException(
                $"'{name}' has a sample of {Highest}, more than {bits} bits hold, which the detector was fitted for: "
                    + "set the camera as it was for the good images, or fit again with images that use as many bits "
                    + "or with --bit-depth.");
        }
    }
}
