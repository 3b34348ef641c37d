using SemiDefect.Anomaly.Imaging.Codecs;

namespace SemiDefect.Anomaly.Imaging;

/// <summary>
/// Reads images: JPEG, PNG, BMP, WebP and TIFF. The format is detected from the content, not from the name. The result
/// is upright (EXIF and TIFF orientation applied) and contains the first frame if there are several; alpha is dropped
/// without blending, 16-bit samples v are converted to round(v / 257), and other values are unchanged: no color profile
/// or gamma is applied. The same bytes on every machine. Stateless.
/// </summary>
public static class ImageFile
{
    private static readonly IImageDecoder[] Decoders =
        [new PngImageDecoder(), new SkiaImageDecoder(), new TiffImageDecoder()];

    /// <summary>The file name extensions of the supported formats, in lower case, with the period.</summary>
    public static IReadOnlyList<string> Extensions { get; } =
        Array.AsReadOnly<string>([".bmp", ".jfif", ".jpe", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp"]);

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
    public static Image Read(string path, ImageLimits? limits = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        limits ??= ImageLimits.Default;
        return Decode(ReadBytes(path, limits), path, limits);
    }

    /// <summary>
    /// Reads a stream to its end and decodes it. Never holds more bytes than the limit on file size. Does not dispose
    /// the stream.
    /// </summary>
    /// <exception cref="ImageFormatException">
    /// The content cannot be read or decoded, or exceeds the limits; the message contains the name and says what to do.
    /// </exception>
    public static Image Read(Stream stream, string name, ImageLimits? limits = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(name);
        limits ??= ImageLimits.Default;
        using var content = new MemoryStream();
        byte[] block = new byte[1 << 16];
        try
        {
            for (int count; (count = stream.Read(block)) > 0;)
            {
                CheckLength(content.Length + count, name, limits);
                content.Write(block, 0, count);
            }
        }
        catch (IOException error)
        {
            throw new ImageFormatException($"Cannot read '{name}': {error.Message.ReplaceLineEndings(" ")}", error);
        }

        return Decode(content.GetBuffer().AsMemory(0, (int)content.Length), name, limits);
    }

    /// <summary>Decodes the content of a file.</summary>
    /// <param name="bytes">The whole file.</param>
    /// <param name="name">The name of the file in messages.</param>
    /// <param name="limits">The limits; <see cref="ImageLimits.Default"/> if null.</param>
    /// <exception cref="ImageFormatException">
    /// The content cannot be decoded, or exceeds the limits; the message contains the name and says what to do.
    /// </exception>
    public static Image Decode(ReadOnlyMemory<byte> bytes, string name, ImageLimits? limits = null) =>
        Decode(bytes, name, limits ?? ImageLimits.Default, keepsMarks: false);

    /// <summary>Decodes a file; with marks kept, samples above 0 stay above 0 when 16 bits become 8.</summary>
    internal static Image Decode(ReadOnlyMemory<byte> bytes, string name, ImageLimits limits, bool keepsMarks)
    {
        ArgumentNullException.ThrowIfNull(name);
        CheckLength(bytes.Length, name, limits);
        foreach (IImageDecoder decoder in Decoders)
        {
            if (decoder.Recognizes(bytes.Span))
            {
                return decoder.Decode(bytes, name, limits, keepsMarks);
            }
        }

        throw new ImageFormatException(
            $"'{name}' is not a JPEG, PNG, BMP, WebP or TIFF image; convert it to one of these.");
    }

    /// <summary>Reads the encoded bytes of an image file.</summary>
    /// <exception cref="ImageFormatException">The file cannot be read, is empty, or exceeds the limit.</exception>
    public static byte[] ReadBytes(string path, ImageLimits limits)
    {
        try
        {
            // Before it is opened: to open a pipe waits for its writer, maybe forever. Pipes, sockets and devices have
            // no length, and an empty file is refused anyway.
            CheckLength(LengthOf(path), path, limits);
            using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
            CheckLength(stream.Length, path, limits);
            byte[] bytes = GC.AllocateUninitializedArray<byte>((int)stream.Length);
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
