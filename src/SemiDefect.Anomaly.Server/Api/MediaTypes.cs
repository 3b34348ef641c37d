namespace SemiDefect.Anomaly.Server.Api;

/// <summary>Media types of images, by their first bytes. Stateless.</summary>
internal static class MediaTypes
{
    public const string Tiff = "image/tiff";
    public const string Dicom = "application/dicom";

    private const int DicomMagicAt = 128;

    /// <summary>The media type; application/octet-stream for unknown data.</summary>
    public static string Of(ReadOnlySpan<byte> image) => Find(image).Type;

    /// <summary>The file name extension, including the dot.</summary>
    public static string Extension(ReadOnlySpan<byte> image) => Find(image).Extension;

    private static (string Type, string Extension) Find(ReadOnlySpan<byte> image) =>
        image.StartsWith<byte>([0x89, (byte)'P', (byte)'N', (byte)'G']) ? ("image/png", ".png")
        : image.StartsWith<byte>([0xFF, 0xD8]) ? ("image/jpeg", ".jpg")
        : image.StartsWith("BM"u8) ? ("image/bmp", ".bmp")
        : image.StartsWith("RIFF"u8) ? ("image/webp", ".webp")
        : image.Length > DicomMagicAt && image[DicomMagicAt..].StartsWith("DICM"u8) ? (Dicom, ".dcm")
        : image.StartsWith("II"u8) || image.StartsWith("MM"u8) ? (Tiff, ".tif")
        : ("application/octet-stream", ".bin");
}
