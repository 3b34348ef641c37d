namespace SemiDefect.Anomaly.Imaging.Codecs.Dicom;

/// <summary>
/// The attributes that are read (DICOM PS3.6), group in the high 16 bits. None of them says anything of a person: no
/// value of another attribute is ever looked at. Stateless.
/// </summary>
internal static class DicomTags
{
    public const uint TransferSyntax = 0x0002_0010;
    public const uint SamplesPerPixel = 0x0028_0002;
    public const uint Photometric = 0x0028_0004;
    public const uint PlanarConfiguration = 0x0028_0006;
    public const uint NumberOfFrames = 0x0028_0008;
    public const uint Rows = 0x0028_0010;
    public const uint Columns = 0x0028_0011;
    public const uint BitsAllocated = 0x0028_0100;
    public const uint BitsStored = 0x0028_0101;
    public const uint HighBit = 0x0028_0102;
    public const uint PixelRepresentation = 0x0028_0103;
    public const uint WindowCenter = 0x0028_1050;
    public const uint WindowWidth = 0x0028_1051;
    public const uint RescaleIntercept = 0x0028_1052;
    public const uint RescaleSlope = 0x0028_1053;
    public const uint WindowFunction = 0x0028_1056;
    public const uint ModalityTable = 0x0028_3000;
    public const uint WindowTable = 0x0028_3010;
    public const uint SharedGroups = 0x5200_9229;
    public const uint FrameGroups = 0x5200_9230;
    public const uint FloatPixels = 0x7FE0_0008;
    public const uint DoublePixels = 0x7FE0_0009;
    public const uint Pixels = 0x7FE0_0010;
    public const uint Item = 0xFFFE_E000;
    public const uint ItemEnd = 0xFFFE_E00D;
    public const uint SequenceEnd = 0xFFFE_E0DD;

    /// <summary>Whether the value of an attribute of the data set itself is read.</summary>
    public static bool IsRead(uint tag) => tag is SamplesPerPixel
        or Photometric
        or PlanarConfiguration
        or NumberOfFrames
        or Rows
        or Columns
        or BitsAllocated
        or BitsStored
        or HighBit
        or PixelRepresentation
        or WindowCenter
        or WindowWidth
        or RescaleIntercept
        or RescaleSlope
        or WindowFunction;

    /// <summary>
    /// Whether an attribute gives samples a meaning or a window, and so matters where it is nested. The last two are
    /// the sequences of frames that hold the others.
    /// </summary>
    public static bool IsOfValues(uint tag) => tag is WindowCenter
        or WindowWidth
        or RescaleIntercept
        or RescaleSlope
        or ModalityTable
        or WindowTable
        or 0x0028_9132
        or 0x0028_9145;
}
