namespace SemiDefect.Anomaly.Imaging.Codecs.Dicom;

/// <summary>
/// Decodes DICOM files (PS3.10) with gray pixels of 8 to 16 bits or RGB of 8, in little-endian, RLE or lossless JPEG. A
/// frame is a page. Stateless.
/// </summary>
internal sealed class DicomImageDecoder : IImageDecoder
{
    /// <summary>The name of the format.</summary>
    public const string Format = "dicom";

    public bool Recognizes(ReadOnlySpan<byte> bytes) => DicomReader.HasMagic(bytes);

    public ImageFileInfo Describe(ReadOnlySpan<byte> bytes, string name)
    {
        // Limits are those of whoever decodes it.
        var limits = new ImageLimits(Array.MaxLength, ImageLimits.LargestMaxPixels);
        DicomHeader header = DicomHeader.Read(bytes, name, limits);
        return new ImageFileInfo(Format, header.BitsStored, header.Frames);
    }

    public Image Decode(ReadOnlyMemory<byte> bytes, string name, ImageReading reading, WideSamples wide)
    {
        DicomHeader header = DicomHeader.Read(bytes.Span, name, reading.Limits);
        IntensityRange intensity = wide.KeepsMarks ? IntensityRange.Full : reading.Intensity;
        if (header.Samples > 1 && intensity.Kind != IntensityKind.Full)
        {
            throw new ImageFormatException(
                $"'{name}' is a DICOM image in color, which has no {intensity}; leave it out, or read the full range.");
        }

        (double Low, double High)? own = null;
        if (intensity.Kind is IntensityKind.FileWindow or IntensityKind.Window)
        {
            RequireOneMeaning(header);
            own = intensity.Kind == IntensityKind.Window
                ? (intensity.Low, intensity.High)
                : header.Window(bytes.Span) ?? throw new ImageFormatException(
                    $"'{name}' is a DICOM image without a window of its own; fit with --window LOW:HIGH or "
                        + "--window-percentiles LOW:HIGH instead.");
        }

        ReadOnlyMemory<byte> frame = DicomFrames.Read(bytes, header, reading.Page - 1);
        if (header.Samples > 1)
        {
            return new Image(header.Width, header.Height, Colors(frame.Span, header, wide.KeepsMarks));
        }

        var samples = new DicomSamples(header);
        byte[] table = intensity.Kind switch
        {
            IntensityKind.Full => samples.FullTable(wide),
            IntensityKind.Percentiles => samples.Table(samples.Window(frame.Span, intensity)),
            _ => samples.Table(own!.Value),
        };
        byte[] rgb = GC.AllocateUninitializedArray<byte>(3 * header.Width * header.Height);
        (int lowest, int highest) = samples.Convert(frame.Span, table, rgb);
        if (header.BitsStored == ImageReading.FullBitDepth && intensity.Kind == IntensityKind.Full)
        {
            wide.Note(lowest, highest);
        }

        return new Image(header.Width, header.Height, rgb);
    }

    // Where frames have values of their own, those of the file are not to be relied on.
    private static void RequireOneMeaning(DicomHeader header)
    {
        if (header.Elements.HasNestedValues)
        {
            throw new ImageFormatException(
                $"'{header.Name}' is a DICOM image whose frames have a rescale slope or a window of their own, which "
                    + "is not supported; fit with --window-percentiles, or with the full range.");
        }
    }

    private static byte[] Colors(ReadOnlySpan<byte> frame, DicomHeader header, bool keepsMarks)
    {
        int pixels = header.Width * header.Height;
        byte[] rgb = frame[..(3 * pixels)].ToArray();
        if (header.IsPlanar)
        {
            for (int i = 0; i < pixels; i++)
            {
                (rgb[3 * i], rgb[3 * i + 1], rgb[3 * i + 2]) =
                    (frame[i], frame[pixels + i], frame[2 * pixels + i]);
            }
        }

        return rgb;
    }
}
