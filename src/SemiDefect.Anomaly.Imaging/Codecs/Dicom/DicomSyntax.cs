namespace SemiDefect.Anomaly.Imaging.Codecs.Dicom;

/// <summary>The transfer syntaxes: those that are read, and the names of others (DICOM PS3.6, A). Stateless.</summary>
internal static class DicomSyntax
{
    public const string Implicit = "1.2.840.10008.1.2";
    public const string Explicit = "1.2.840.10008.1.2.1";
    public const string Rle = "1.2.840.10008.1.2.5";
    public const string LosslessJpeg = "1.2.840.10008.1.2.4.57";
    public const string LosslessJpegFirst = "1.2.840.10008.1.2.4.70";

    private const string Jpeg = "1.2.840.10008.1.2.4.";

    /// <summary>Whether pixels are stored in fragments.</summary>
    public static bool IsEncapsulated(string syntax) => syntax is Rle or LosslessJpeg or LosslessJpegFirst;

    /// <summary>Refuses a transfer syntax that is not read, by its name.</summary>
    /// <exception cref="ImageFormatException">It is not read.</exception>
    public static void RequireSupported(string syntax, string name)
    {
        if (syntax is not (Implicit or Explicit) && !IsEncapsulated(syntax))
        {
            throw new ImageFormatException(
                $"'{name}' is a DICOM image of the transfer syntax {NameOf(syntax)}, which is not supported; save it "
                    + "uncompressed (little-endian), with RLE or with lossless JPEG.");
        }
    }

    // What is not a number of this form is not repeated: it could be anything.
    private static string NameOf(string syntax) => syntax switch
    {
        "1.2.840.10008.1.2.1.98" => "Encapsulated Uncompressed",
        "1.2.840.10008.1.2.1.99" => "Deflated Explicit VR Little Endian",
        "1.2.840.10008.1.2.2" => "Explicit VR Big Endian",
        Jpeg + "50" => "JPEG Baseline (lossy)",
        Jpeg + "51" => "JPEG Extended (lossy)",
        Jpeg + "80" => "JPEG-LS Lossless",
        Jpeg + "81" => "JPEG-LS Near-Lossless",
        Jpeg + "90" => "JPEG 2000 Lossless",
        Jpeg + "91" => "JPEG 2000",
        Jpeg + "92" or Jpeg + "93" => "JPEG 2000 Part 2",
        Jpeg + "100" or Jpeg + "101" => "MPEG2",
        Jpeg + "102" or Jpeg + "103" or Jpeg + "104" or Jpeg + "105" or Jpeg + "106" => "MPEG-4 AVC",
        Jpeg + "107" or Jpeg + "108" => "HEVC",
        Jpeg + "110" or Jpeg + "111" or Jpeg + "112" => "JPEG XL",
        Jpeg + "201" or Jpeg + "202" or Jpeg + "203" => "High-Throughput JPEG 2000",
        _ when syntax.Length is > 0 and <= 64 && syntax.All(c => c is '.' or (>= '0' and <= '9')) => syntax,
        _ => "(no valid number)",
    };
}
