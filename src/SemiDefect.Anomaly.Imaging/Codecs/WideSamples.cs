using System.Runtime.CompilerServices;

namespace SemiDefect.Anomaly.Imaging.Codecs;

/// <summary>
/// Converts the samples of 16 bits of one image to 8 bits, and notes the highest one. With a bit depth, samples are
/// first moved up to the highest bits, so that an image is the same whichever bits of 16 its camera used. Not
/// thread-safe.
/// </summary>
/// <param name="bitDepth">The number of low bits in use; null for all 16.</param>
/// <param name="keepsMarks">Whether samples above 0 stay above 0, as a mask needs.</param>
internal sealed class WideSamples(int? bitDepth, bool keepsMarks)
{
    private readonly int _shift = ImageReading.FullBitDepth - (bitDepth ?? ImageReading.FullBitDepth);

    /// <summary>The highest sample as stored; null before the first.</summary>
    public int? Highest { get; private set; }

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

        // With 8 bits, white would not become white by moving alone, and a byte would not stay what it is.
        int moved = _shift == 8 ? value * 257 : value << _shift;
        return Samples.FromUInt16(moved);
    }

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
