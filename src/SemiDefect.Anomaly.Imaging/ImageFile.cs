using SemiDefect.Anomaly.Imaging.Codecs;
using SemiDefect.Anomaly.Imaging.Codecs.Dicom;

namespace SemiDefect.Anomaly.Imaging;

/// <summary>
/// Reads images: JPEG, PNG, BMP, WebP, TIFF and DICOM. The format is detected from the content, not from the name. The
/// result is upright (EXIF and TIFF orientation applied) and contains one page, or the first frame if there are
/// several; alpha is dropped without blending, 16-bit samples v are converted to round(v / 257) unless <see
/// cref="ImageReading.BitDepth"/> says that fewer bits are used or <see cref="ImageReading.Intensity"/> gives a window,
/// and other values are unchanged: no color profile or gamma is applied. The same bytes on every machine. Stateless.
/// </summary>
public static class ImageFile
{
    private static readonly IImageDecoder[] Decoders =
    [
        // The preamble of a DICOM file may look like a TIFF file.
        new PngImageDecoder(), new BmpImageDecoder(), new SkiaImageDecoder(), new DicomImageDecoder(),
        new TiffImageDecoder(),
    ];

    /// <summary>The file name extensions of the supported formats, in lower case, with the period.</summary>
    public static IReadOnlyList<string> Extensions { get; } =
        Array.AsReadOnly<string>(
        [
            ".bmp", ".dcm", ".dicom", ".jfif", ".jpe", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp",
        ]);

    /// <summary>Whether the path has an image file extension, in upper or lower case.</summary>
    public static bool HasImageExtension(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        string extension = Path.GetExtension(path);
        return Extensions.Any(known => known.Equals(extension, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>Reads and decodes a file.</summary>
    /// <exception cref="ImageFormatException">
    /// The file cannot be read or decoded, or exceeds the limits; the message names the file and says what to do.
    /// </exception>
    public static Image Read(string path, ImageLimits? limits = null) => Read(path, Within(limits));

    /// <inheritdoc cref="Read(string, ImageLimits?)"/>
    public static Image Read(string path, ImageReading reading)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(reading);
        return Decode(ReadBytes(path, reading.Limits), path, reading);
    }

    /// <summary>
    /// Reads a stream to its end and decodes it. Never holds more bytes than the limit on file size. Does not dispose
    /// the stream.
    /// </summary>
    /// <exception cref="ImageFormatException">
    /// The content cannot be read or decoded, or exceeds the limits; the message contains the name and says what to do.
    /// </exception>
    public static Image Read(Stream stream, string name, ImageLimits? limits = null) =>
        Read(stream, name, Within(limits));

    /// <inheritdoc cref="Read(Stream, string, ImageLimits?)"/>
    public static Image Read(Stream stream, string name, ImageReading reading)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(reading);
        using var content = new MemoryStream();
        byte[] block = new byte[1 << 16];
        try
        {
            for (int count; (count = stream.Read(block)) > 0;)
            {
                CheckLength(content.Length + count, name, reading.Limits);
                content.Write(block, 0, count);
            }
        }
        catch (IOException error)
        {
            throw new ImageFormatException($"Cannot read '{name}': {error.Message.ReplaceLineEndings(" ")}", error);
        }

        return Decode(content.GetBuffer().AsMemory(0, (int)content.Length), name, reading);
    }

    /// <summary>Decodes the content of a file.</summary>
    /// <param name="bytes">The whole file.</param>
    /// <param name="name">The name of the file in messages.</param>
    /// <param name="limits">The limits; <see cref="ImageLimits.Default"/> if null.</param>
    /// <exception cref="ImageFormatException">
    /// The content cannot be decoded, or exceeds the limits; the message contains the name and says what to do.
    /// </exception>
    public static Image Decode(ReadOnlyMemory<byte> bytes, string name, ImageLimits? limits = null) =>
        Decode(bytes, name, Within(limits));

    /// <inheritdoc cref="Decode(ReadOnlyMemory{byte}, string, ImageLimits?)"/>
    public static Image Decode(ReadOnlyMemory<byte> bytes, string name, ImageReading reading)
    {
        ArgumentNullException.ThrowIfNull(reading);
        return Decode(bytes, name, reading, new WideSamples(reading.BitDepth, keepsMarks: false));
    }

    /// <summary>Decodes a file; samples of 16 bits are converted by <paramref name="wide"/>.</summary>
    internal static Image Decode(ReadOnlyMemory<byte> bytes, string name, ImageReading reading, WideSamples wide)
    {
        ArgumentNullException.ThrowIfNull(name);
        CheckLength(bytes.Length, name, reading.Limits);
        IImageDecoder decoder = DecoderOf(bytes.Span, name);
        if (reading.Page > 1 && decoder is not (TiffImageDecoder or DicomImageDecoder))
        {
            throw new ImageFormatException($"'{name}' has one page; page {reading.Page} was asked for.");
        }

        if (decoder is not DicomImageDecoder && reading.Intensity.Kind != IntensityKind.Full && !wide.KeepsMarks)
        {
            return DecodeWindow(bytes, name, reading, decoder);
        }

        Image image = decoder.Decode(bytes, name, reading, wide);
        wide.RequireInRange(name);
        return image;
    }

    // A window is for samples of 16 bits. Percentiles of a picture are known once it has been decoded.
    private static Image DecodeWindow(
        ReadOnlyMemory<byte> bytes, string name, ImageReading reading, IImageDecoder decoder)
    {
        IntensityRange intensity = reading.Intensity;
        int depth = decoder.Describe(bytes.Span, name).BitDepth;
        if (intensity.Kind == IntensityKind.FileWindow)
        {
            throw new ImageFormatException(
                $"'{name}' is no DICOM image and has no window of its own; fit with --window LOW:HIGH or "
                    + "--window-percentiles LOW:HIGH instead.");
        }

        if (depth <= 8)
        {
            throw new ImageFormatException(
                $"'{name}' has samples of {depth} bits, but a window is for deeper ones; fit such images without "
                    + "--window and --window-percentiles.");
        }

        (double Low, double High) window = (intensity.Low, intensity.High);
        if (intensity.Kind == IntensityKind.Percentiles && depth == ImageReading.FullBitDepth)
        {
            WideSamples counts = WideSamples.Counting();
            decoder.Decode(bytes, name, reading, counts);
            window = counts.Window(intensity);
        }

        return decoder.Decode(bytes, name, reading, WideSamples.Windowed(window));
    }

    /// <summary>
    /// A copy of a DICOM file that holds nothing but its image: no patient, no study, no dates. It is read, or refused,
    /// as the original is. What is drawn into the pixels stays. Other formats are returned as they are.
    /// </summary>
    /// <param name="bytes">The whole file.</param>
    /// <param name="name">The name of the file in messages.</param>
    /// <exception cref="ImageFormatException">It is a DICOM file that cannot be read.</exception>
    public static byte[] WithoutPersonalData(byte[] bytes, string name)
    {
        ArgumentNullException.ThrowIfNull(bytes);
        ArgumentNullException.ThrowIfNull(name);
        bool isDicom = Decoders.FirstOrDefault(decoder => decoder.Recognizes(bytes)) is DicomImageDecoder;
        return isDicom ? DicomCopy.Of(bytes, name) : bytes;
    }

    /// <summary>What the header of a file says.</summary>
    /// <param name="bytes">The whole file.</param>
    /// <param name="name">The name of the file in messages.</param>
    /// <exception cref="ImageFormatException">It is no image, or its header cannot be read.</exception>
    public static ImageFileInfo Describe(ReadOnlySpan<byte> bytes, string name) =>
        DecoderOf(bytes, name).Describe(bytes, name);

    /// <summary>The number of pages of a file; see <see cref="ImageFileInfo.Pages"/>.</summary>
    /// <exception cref="ImageFormatException">The file cannot be read.</exception>
    public static int CountPages(string path, ImageLimits? limits = null) =>
        Survey(path, null, limits ?? ImageLimits.Default).Pages;

    /// <summary>
    /// The pages of a file, and the highest of its samples of 16 bits; 0 if it has such samples but there is no
    /// reading, null if it has none. Files that say that they use fewer bits of 16 have a declared depth instead.
    /// </summary>
    internal static FileSurvey Survey(string path, ImageReading? reading, ImageLimits limits)
    {
        if (!HasHeaderToRead(path, limits))
        {
            return new FileSurvey(1);
        }

        byte[] bytes = ReadBytes(path, limits);
        ImageFileInfo info = Describe(bytes, path);
        if (info.BitDepth != ImageReading.FullBitDepth || reading is null)
        {
            bool isDeclared = info.Format == DicomImageDecoder.Format && info.BitDepth is > 8 and < 16;
            return new FileSurvey(info.Pages)
            {
                Highest = info.BitDepth == ImageReading.FullBitDepth ? 0 : null,
                Declared = isDeclared ? info.BitDepth : null,
            };
        }

        var wide = new WideSamples(null, keepsMarks: false);
        Decode(bytes, path, reading with { BitDepth = null, Intensity = IntensityRange.Full }, wide);
        return new FileSurvey(info.Pages) { Highest = wide.Highest, Lowest = wide.Lowest };
    }

    /// <summary>Reads the encoded bytes of an image file.</summary>
    /// <exception cref="ImageFormatException">The file cannot be read, is empty, or exceeds the limit.</exception>
    public static byte[] ReadBytes(string path, ImageLimits limits)
    {
        ArgumentNullException.ThrowIfNull(limits);
        return ReadBytes(path, limits, int.MaxValue);
    }

    private static byte[] ReadBytes(string path, ImageLimits limits, int most)
    {
        try
        {
            // Before it is opened: to open a pipe waits for its writer, maybe forever. Pipes, sockets and devices have
            // no length, and an empty file is refused anyway.
            CheckLength(LengthOf(path), path, limits);
            using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
            CheckLength(stream.Length, path, limits);
            byte[] bytes = GC.AllocateUninitializedArray<byte>((int)Math.Min(most, stream.Length));
            stream.ReadExactly(bytes);
            return bytes;
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ImageFormatException($"'{path}' does not exist; check the path.", error);
        }
        catch (EndOfStreamException error)
        {
            throw new ImageFormatException(
                $"'{path}' changed while it was read; try again when it is complete.", error);
        }
        catch (Exception error)
            when (error is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            string reason = Directory.Exists(path)
                ? "it is a folder; name a file."
                : error.Message.ReplaceLineEndings(" ");
            throw new ImageFormatException($"Cannot read '{path}': {reason}", error);
        }
    }

    // TIFF and DICOM files may have pages, and PNG files samples of 16 bits, by the 25th byte; the others have neither.
    private static bool HasHeaderToRead(string path, ImageLimits limits)
    {
        byte[] start = ReadBytes(path, limits, most: DicomReader.MagicAt + 4);
        return TiffDirectory.HasMagic(start)
            || DicomReader.HasMagic(start)
            || (start.Length >= 25 && new PngImageDecoder().Recognizes(start) && start[24] == 16);
    }

    private static ImageReading Within(ImageLimits? limits) =>
        limits is null ? ImageReading.Default : new ImageReading { Limits = limits };

    private static IImageDecoder DecoderOf(ReadOnlySpan<byte> bytes, string name)
    {
        foreach (IImageDecoder decoder in Decoders)
        {
            if (decoder.Recognizes(bytes))
            {
                return decoder;
            }
        }

        throw new ImageFormatException(
            $"'{name}' is not a JPEG, PNG, BMP, WebP, TIFF or DICOM image; convert it to one of these.");
    }

    private static long LengthOf(string path)
    {
        if (Directory.Exists(path))
        {
            // Refused by opening it, with a message of its own.
            return 1;
        }

        // The length of a link is that of its text.
        var file = new FileInfo(path);
        return file.ResolveLinkTarget(returnFinalTarget: true) is FileInfo target ? target.Length : file.Length;
    }

    private static void CheckLength(long length, string name, ImageLimits limits)
    {
        if (length == 0)
        {
            throw new ImageFormatException(
                $"'{name}' is empty, or no regular file (a pipe or a device); export it again.");
        }

        if (length > limits.MaxFileBytes)
        {
            throw new ImageFormatException(
                $"'{name}' has {length} bytes, more than the limit of {limits.MaxFileBytes}; shrink it, or raise the "
                    + "limit.");
        }
    }
}
