namespace SemiDefect.Anomaly.Imaging;

/// <summary>What the header of an image file says. Immutable and thread-safe.</summary>
/// <param name="Format">bmp, dicom, jpeg, png, tiff or webp, by the content.</param>
/// <param name="BitDepth">Bits per sample; 8 for palettes. In DICOM, those that are used.</param>
/// <param name="Pages">
/// The number of pages of a TIFF file, without reduced copies and transparency masks, or of frames of a DICOM file; 1
/// for other formats.
/// </param>
public sealed record ImageFileInfo(string Format, int BitDepth, int Pages);
