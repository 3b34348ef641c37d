using System.Globalization;

namespace SemiDefect.Anomaly.Imaging.Codecs.Dicom;

/// <summary>
/// What a DICOM file says of its pixels (PS3.3, C.7.6.3), checked against the length of the file. Immutable.
/// </summary>
internal sealed class DicomHeader
{
    // 128 bytes from two (PS3.5, G.3.1), and a bit for a sample.
    private const int MostRleExpansion = 64;
    private const int MostSamplesPerByte = 8;

    private DicomHeader(DicomElements elements, string name)
    {
        Elements = elements;
        Name = name;
    }

    public DicomElements Elements { get; }

    public string Name { get; }

    public int Width { get; private init; }

    public int Height { get; private init; }

    /// <summary>1 for gray, 3 for R, G and B.</summary>
    public int Samples { get; private init; }

    /// <summary>Whether R, G and B of an uncompressed frame follow each other in planes.</summary>
    public bool IsPlanar { get; private init; }

    /// <summary>Whether the lowest value is white (MONOCHROME1).</summary>
    public bool IsInverted { get; private init; }

    /// <summary>Bits that a sample takes: 8 or 16.</summary>
    public int BitsAllocated { get; private init; }

    /// <summary>Bits that a sample uses, 8 to 16.</summary>
    public int BitsStored { get; private init; }

    /// <summary>How far the used bits are above the lowest.</summary>
    public int Shift { get; private init; }

    /// <summary>Whether samples are signed.</summary>
    public bool IsSigned { get; private init; }

    /// <summary>The number of frames, at least 1.</summary>
    public int Frames { get; private init; }

    /// <summary>What a sample is multiplied by to have its meaning, and what is then added.</summary>
    public (double Slope, double Intercept) Rescale { get; private init; }

    /// <summary>The bytes of a frame that is not compressed.</summary>
    public long FrameBytes => (long)Width * Height * Samples * (BitsAllocated / 8);

    /// <summary>Reads the header, and refuses what is not supported or impossible.</summary>
    /// <exception cref="ImageFormatException">It is damaged or of another kind, or exceeds the limits.</exception>
    public static DicomHeader Read(ReadOnlySpan<byte> bytes, string name, ImageLimits limits)
    {
        DicomElements elements = new DicomReader(bytes, name).Read();
        var attributes = new DicomAttributes(bytes, elements, name);
        int samples = attributes.Number(DicomTags.SamplesPerPixel, 1);
        string colors = attributes.Text(DicomTags.Photometric) ?? "MONOCHROME2";
        int allocated = attributes.Number(DicomTags.BitsAllocated, null);
        int stored = attributes.Number(DicomTags.BitsStored, allocated);
        int high = attributes.Number(DicomTags.HighBit, stored - 1);
        CheckKind(name, colors, samples, allocated, stored);
        if (stored > allocated || high < stored - 1 || high >= allocated)
        {
            throw Damaged(name, $"uses {stored} bits below bit {high + 1} of {allocated}");
        }

        long frames = (long)attributes.Decimal(DicomTags.NumberOfFrames, 1);
        var header = new DicomHeader(elements, name)
        {
            Width = attributes.Number(DicomTags.Columns, null),
            Height = attributes.Number(DicomTags.Rows, null),
            Samples = samples,
            IsPlanar = samples > 1
                && !DicomSyntax.IsEncapsulated(elements.Syntax)
                && attributes.Number(DicomTags.PlanarConfiguration, 0) == 1,
            IsInverted = colors == "MONOCHROME1",
            BitsAllocated = allocated,
            BitsStored = stored,
            Shift = high + 1 - stored,
            IsSigned = attributes.Number(DicomTags.PixelRepresentation, 0) == 1,
            Frames = frames is >= 1 and <= ImageReading.LargestPage
                ? (int)frames
                : throw new ImageFormatException(
                    $"'{name}' is a DICOM image of {frames} frames; 1 to {ImageReading.LargestPage} are supported."),
            Rescale = (
                attributes.Decimal(DicomTags.RescaleSlope, 1), attributes.Decimal(DicomTags.RescaleIntercept, 0)),
        };
        limits.Check(name, header.Width, header.Height);
        header.CheckLengths();
        return elements.HasModalityTable
            ? throw Unsupported(name, "a table that samples have their meaning by (Modality LUT)")
            : header.Rescale.Slope == 0
            ? throw Damaged(name, "gives all samples the same value (a rescale slope of 0)")
            : header;
    }

    /// <summary>The window of the file, in values after rescaling; null without one.</summary>
    /// <exception cref="ImageFormatException">It is none that is supported.</exception>
    public (double Low, double High)? Window(ReadOnlySpan<byte> bytes)
    {
        var attributes = new DicomAttributes(bytes, Elements, Name);
        if (!Elements.Values.ContainsKey(DicomTags.WindowCenter) || !Elements.Values.ContainsKey(DicomTags.WindowWidth))
        {
            return null;
        }

        // The first of several windows (PS3.3, C.11.2.1.2).
        double center = attributes.Decimal(DicomTags.WindowCenter, 0);
        double width = attributes.Decimal(DicomTags.WindowWidth, 0);
        string function = attributes.Text(DicomTags.WindowFunction) ?? "LINEAR";
        return function switch
        {
            "LINEAR" when width >= 1 => (center - 0.5 - (width - 1) / 2, center - 0.5 + (width - 1) / 2),
            "LINEAR_EXACT" when width > 0 => (center - width / 2, center + width / 2),
            "LINEAR" or "LINEAR_EXACT" => throw Damaged(
                Name, $"has a window of the width {width.ToString(CultureInfo.InvariantCulture)}"),
            _ => throw Unsupported(Name, "a window that is not linear"),
        };
    }

    public static ImageFormatException Damaged(string name, string what) =>
        new($"'{name}' is a damaged DICOM image: it {what}; export it again.");

    public static ImageFormatException Unsupported(string name, string what) =>
        new($"'{name}' is a DICOM image with {what}, which is not supported; export it as gray of 8 to 16 bits.");

    private static void CheckKind(string name, string colors, int samples, int allocated, int stored)
    {
        bool isGray = colors is "MONOCHROME1" or "MONOCHROME2";
        if (!isGray && colors != "RGB")
        {
            string known = colors switch
            {
                "PALETTE COLOR" => "a palette",
                _ when colors.StartsWith("YBR_", StringComparison.Ordinal) => "YCbCr colors (YBR)",
                _ => "colors of an unknown kind",
            };
            throw Unsupported(name, known);
        }

        if (samples != (isGray ? 1 : 3))
        {
            throw Unsupported(name, $"{samples} samples per pixel for {colors}");
        }

        if (allocated is not (8 or 16) || stored is < 8 or > 16 || (!isGray && allocated != 8))
        {
            throw Unsupported(name, $"samples of {stored} bits in {allocated}{(isGray ? "" : " for colors")}");
        }
    }

    private void CheckLengths()
    {
        if (!DicomSyntax.IsEncapsulated(Elements.Syntax))
        {
            long expected = FrameBytes * Frames;
            if (Elements.Pixels.Length < expected)
            {
                throw Damaged(Name, "ends too early");
            }

            // One byte may fill up to an even number.
            if (Elements.Pixels.Length > expected + 1)
            {
                throw Damaged(Name, "has more pixels than its header says");
            }

            return;
        }

        long stored = Elements.Fragments.Skip(1).Sum(fragment => (long)fragment.Length);
        long most = Elements.Syntax == DicomSyntax.Rle
            ? stored * MostRleExpansion
            : stored * MostSamplesPerByte * (BitsAllocated / 8);
        if (Elements.Fragments.Count - 1 < Frames || FrameBytes * Frames > most)
        {
            throw Damaged(Name, "ends too early");
        }
    }
}
