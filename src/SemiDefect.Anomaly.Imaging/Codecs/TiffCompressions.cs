namespace SemiDefect.Anomaly.Imaging.Codecs;

/// <summary>The compressions of TIFF files: those that are read, and the names of others. Stateless.</summary>
internal static class TiffCompressions
{
    private static readonly HashSet<int> Supported =
    [
        1, // none
        2, 3, 4, 32_771, // CCITT
        5, // LZW
        6, 7, // JPEG, old and new
        8, 32_946, // Deflate
        32_773, // PackBits
    ];

    /// <summary>Whether a number stands for Zstandard.</summary>
    public static bool IsZstandard(int compression) => compression is 50_000 or 34_926;

    /// <summary>Whether a number stands for WebP.</summary>
    public static bool IsWebP(int compression) => compression is 50_001 or 34_927;

    /// <summary>Rejects a compression that is not supported, by its name.</summary>
    /// <exception cref="ImageFormatException">It is not supported.</exception>
    public static void RequireSupported(int compression, string name)
    {
        if (!Supported.Contains(compression) && !IsZstandard(compression) && !IsWebP(compression))
        {
            throw new ImageFormatException(
                $"'{name}' is a TIFF image of the compression {NameOf(compression)}, which is not supported; save it "
                    + "without compression, or with LZW or Deflate.");
        }
    }

    private static string NameOf(int compression) => compression switch
    {
        9 or 10 or 34_661 => "JBIG",
        32_766 => "NeXT",
        32_809 => "ThunderScan",
        32_895 or 32_896 or 32_897 or 32_898 => "IT8",
        32_908 or 32_909 => "Pixar",
        33_003 or 33_004 or 33_005 or 34_712 => "JPEG 2000",
        34_676 or 34_677 => "SGI Log",
        34_887 => "LERC",
        34_892 => "lossy JPEG of DNG",
        34_925 => "LZMA",
        34_933 => "PNG",
        34_934 => "JPEG XR",
        50_002 or 52_546 => "JPEG XL",
        _ => $"number {compression}",
    };
}
