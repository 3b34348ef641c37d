using System.Buffers;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;
using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.Server.Api;

namespace SemiDefect.Anomaly.Server.Inspecting;

/// <summary>Reads the images of a request, within the limits. Stateless.</summary>
internal static class UploadReader
{
    private const int LongestName = 260;
    private const int LongestBoundary = 200;

    /// <summary>Whether the request is a form of files; rejects anything but a form or a single image.</summary>
    /// <exception cref="ProblemException">The content type is not supported (415).</exception>
    public static bool IsForm(HttpRequest request)
    {
        if (request.Headers.ContentEncoding.Count > 0)
        {
            throw new ProblemException(415, "content-type", "Send images as they are, without a content encoding.");
        }

        string type = (request.ContentType ?? string.Empty).Split(';')[0].Trim();
        if (type.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase))
        {
            return true;
        }

        bool isImage = type.Length == 0
            || type.StartsWith("image/", StringComparison.OrdinalIgnoreCase)
            || type.Equals("application/octet-stream", StringComparison.OrdinalIgnoreCase)
            || type.Equals(MediaTypes.Dicom, StringComparison.OrdinalIgnoreCase);
        if (!isImage)
        {
            throw new ProblemException(
                415,
                "content-type",
                "Send an image (image/* or application/octet-stream) or a form of images (multipart/form-data), "
                    + $"not '{type}'.");
        }

        return false;
    }

    /// <summary>The body as one image.</summary>
    public static async Task<UploadedImage> ReadRawAsync(
        HttpRequest request,
        string? name,
        int maxBytes,
        CancellationToken cancellationToken)
    {
        byte[] bytes = await ReadAsync(request.Body, request.ContentLength, maxBytes, cancellationToken)
            .ConfigureAwait(false);
        return new UploadedImage(Clean(name), WithoutPersonalData(bytes));
    }

    /// <summary>The files of a form.</summary>
    public static async Task<IReadOnlyList<UploadedImage>> ReadFormAsync(
        HttpRequest request,
        ServerOptions options,
        CancellationToken cancellationToken)
    {
        try
        {
            return await ReadPartsAsync(request, options, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (
            error is InvalidDataException || (error is IOException and not BadHttpRequestException))
        {
            throw new ProblemException(400, "bad-request", $"The form cannot be read: {error.Message}");
        }
    }

    /// <summary>Reads a body to its end; rejects a larger one (413).</summary>
    public static async Task<byte[]> ReadAsync(
        Stream body,
        long? length,
        int maxBytes,
        CancellationToken cancellationToken)
    {
        if (length > maxBytes)
        {
            throw TooLarge(maxBytes);
        }

        // The declared length is not trusted, so no more than 1 MiB is allocated in advance.
        using var content = new MemoryStream((int)Math.Min(length ?? 0, 1 << 20));
        byte[] block = ArrayPool<byte>.Shared.Rent(1 << 16);
        try
        {
            for (int count; (count = await body.ReadAsync(block, cancellationToken).ConfigureAwait(false)) > 0;)
            {
                if (content.Length + count > maxBytes)
                {
                    throw TooLarge(maxBytes);
                }

                content.Write(block, 0, count);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
        }

        return content.ToArray();
    }

    /// <summary>
    /// The image alone, before anything of it is kept. A file that cannot be read stays as it is: whoever decodes it
    /// refuses it by name.
    /// </summary>
    public static byte[] WithoutPersonalData(byte[] bytes)
    {
        try
        {
            return ImageFile.WithoutPersonalData(bytes, "image");
        }
        catch (ImageFormatException)
        {
            return bytes;
        }
    }

    /// <summary>A name that is safe to display: without control characters, and of limited length.</summary>
    public static string Clean(string? name)
    {
        string clean =
            string.Concat((name ?? string.Empty).Where(c => !char.IsControl(c) && !char.IsSurrogate(c))).Trim();
        return clean.Length == 0 ? "image" : clean.Length <= LongestName ? clean : clean[^LongestName..];
    }

    private static async Task<IReadOnlyList<UploadedImage>> ReadPartsAsync(
        HttpRequest request,
        ServerOptions options,
        CancellationToken cancellationToken)
    {
        string boundary = MediaTypeHeaderValue.TryParse(request.ContentType, out MediaTypeHeaderValue? type)
            ? HeaderUtilities.RemoveQuotes(type.Boundary).ToString()
            : string.Empty;
        if (boundary.Length is 0 or > LongestBoundary)
        {
            throw new ProblemException(
                400,
                "bad-request",
                "The form has no boundary: let your HTTP client set the content type.");
        }

        var images = new List<UploadedImage>();
        var reader = new MultipartReader(boundary, request.Body);
        while (await reader.ReadNextSectionAsync(cancellationToken).ConfigureAwait(false) is { } section)
        {
            if (!ContentDispositionHeaderValue.TryParse(
                section.ContentDisposition,
                out ContentDispositionHeaderValue? disposition) || !disposition.IsFileDisposition())
            {
                throw new ProblemException(422, "invalid", "Every part of the form must be a file.");
            }

            if (images.Count == options.MaxImagesPerRequest)
            {
                throw new ProblemException(
                    413,
                    "too-many",
                    $"A request may carry {options.MaxImagesPerRequest} images: send the rest in another.");
            }

            string? name = disposition.FileNameStar.HasValue
                ? disposition.FileNameStar.Value
                : HeaderUtilities.RemoveQuotes(disposition.FileName).Value;
            images.Add(
                new UploadedImage(
                    Clean(name),
                    WithoutPersonalData(
                        await ReadAsync(section.Body, null, options.MaxImageBytes, cancellationToken)
                            .ConfigureAwait(false))));
        }

        return images.Count > 0 ? images : throw ProblemException.Invalid("The form holds no file.");
    }

    private static ProblemException TooLarge(int maxBytes) =>
        new(413, "too-large", $"An image may have {maxBytes} bytes.");
}
