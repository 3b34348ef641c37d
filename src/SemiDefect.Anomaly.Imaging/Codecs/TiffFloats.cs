using BitMiracle.LibTiff.Classic;

namespace SemiDefect.Anomaly.Imaging.Codecs;

/// <summary>Converts samples of floating point to 8 bits by a window. Stateless.</summary>
internal static class TiffFloats
{
    private const int HalfBits = 16;
    private const int Halves = 1 << HalfBits;

    /// <summary>Converts the samples of an image to gray in RGB.</summary>
    /// <exception cref="ImageFormatException">A sample is not finite.</exception>
    public static void Convert(float[] values, IntensityRange intensity, TiffLayout layout, byte[] rgb)
    {
        foreach (float value in values)
        {
            if (!float.IsFinite(value))
            {
                throw new ImageFormatException(
                    $"'{layout.Name}' has a sample that is not a finite number (NaN or infinity); replace such samples "
                        + "and save it again.");
            }
        }

        (double Low, double High) window = intensity.Kind == IntensityKind.Percentiles
            ? (Percentile(values, intensity.Low), Percentile(values, intensity.High))
            : (intensity.Low, intensity.High);
        byte mask = (byte)(layout.Photometric == Photometric.MINISWHITE ? 255 : 0);
        for (int i = 0, target = 0; i < values.Length; i++, target += 3)
        {
            byte gray = (byte)(IntensityTable.Map(values[i], window) ^ mask);
            (rgb[target], rgb[target + 1], rgb[target + 2]) = (gray, gray, gray);
        }
    }

    // By the high and then the low half of bits that are in the order of the values.
    private static double Percentile(float[] values, double percent)
    {
        long[] counts = new long[Halves];
        foreach (float value in values)
        {
            counts[Ordered(value) >> HalfBits]++;
        }

        long rank = IntensityTable.Rank(values.LongLength, percent);
        int high = 0;
        for (; rank > counts[high]; high++)
        {
            rank -= counts[high];
        }

        Array.Clear(counts);
        foreach (float value in values)
        {
            uint ordered = Ordered(value);
            if (ordered >> HalfBits == high)
            {
                counts[ordered & (Halves - 1)]++;
            }
        }

        int low = 0;
        for (; rank > counts[low]; low++)
        {
            rank -= counts[low];
        }

        uint bits = ((uint)high << HalfBits) | (uint)low;
        return BitConverter.UInt32BitsToSingle(bits >= 0x8000_0000 ? bits & 0x7FFF_FFFF : ~bits);
    }

    private static uint Ordered(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value);
        return bits >= 0x8000_0000 ? ~bits : bits | 0x8000_0000;
    }
}
