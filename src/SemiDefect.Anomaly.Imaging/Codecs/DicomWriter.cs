using System.Runtime.InteropServices;
using System.Text;
using SemiDefect.Anomaly.Imaging.Codecs.Dicom;

namespace SemiDefect.Anomaly.Imaging.Codecs;

/// <summary>
/// Writes gray images of 8 to 16 bits as DICOM files, explicit little-endian and not compressed, with nothing but the
/// image: no patient, no dates, no identifiers. The same samples give the same bytes on every machine. Stateless.
/// </summary>
/// <remarks>Such a file is for programs that read images; archives want identifiers as well.</remarks>
public static class DicomWriter
{
    /// <summary>Writes one image.</summary>
    /// <param name="stream">The target; left open.</param>
    /// <param name="width">Pixels per row, 1 to 65,535.</param>
    /// <param name="height">Rows, 1 to 65,535.</param>
    /// <param name="bits">The number of bits that samples use, 8 to 16; they are stored in 16.</param>
    /// <param name="samples">height x width samples, row by row from the top.</param>
    /// <exception cref="ArgumentException">
    /// A size is invalid, the number of samples does not match it, or a sample has more bits.
    /// </exception>
    /// <exception cref="IOException">The stream cannot be written.</exception>
    public static void Write(Stream stream, int width, int height, int bits, ReadOnlySpan<ushort> samples)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(width, ImageLimits.MaxSide);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(height, ImageLimits.MaxSide);
        ArgumentOutOfRangeException.ThrowIfLessThan(bits, ImageReading.LeastBitDepth);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bits, ImageReading.FullBitDepth);
        if (samples.Length != (long)width * height || samples.ContainsAnyExceptInRange((ushort)0, Highest(bits)))
        {
            throw new ArgumentException(
                $"A {width} x {height} image of {bits} bits needs {(long)width * height} samples up to "
                    + $"{Highest(bits)}.",
                nameof(samples));
        }

        DicomCopy.WriteStart(stream, DicomSyntax.Explicit);
        WriteNumber(stream, DicomTags.SamplesPerPixel, 1);
        DicomCopy.WriteHeader(stream, DicomTags.Photometric, "CS", 12, isImplicit: false);
        stream.Write(Encoding.ASCII.GetBytes("MONOCHROME2 "));
        WriteNumber(stream, DicomTags.Rows, height);
        WriteNumber(stream, DicomTags.Columns, width);
        WriteNumber(stream, DicomTags.BitsAllocated, 16);
        WriteNumber(stream, DicomTags.BitsStored, bits);
        WriteNumber(stream, DicomTags.HighBit, bits - 1);
        WriteNumber(stream, DicomTags.PixelRepresentation, 0);
        DicomCopy.WriteHeader(stream, DicomTags.Pixels, "OW", 2 * (uint)samples.Length, isImplicit: false);
        stream.Write(MemoryMarshal.AsBytes(samples));
    }

    private static ushort Highest(int bits) => (ushort)((1 << bits) - 1);

    private static void WriteNumber(Stream stream, uint tag, int number)
    {
        DicomCopy.WriteHeader(stream, tag, "US", 2, isImplicit: false);
        stream.Write([(byte)number, (byte)(number >> 8)]);
    }
}
