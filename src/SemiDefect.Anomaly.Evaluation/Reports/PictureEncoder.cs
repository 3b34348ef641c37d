using System.Runtime.InteropServices;
using SemiDefect.Anomaly.Imaging;
using SkiaSharp;

namespace SemiDefect.Anomaly.Evaluation.Reports;

/// <summary>
/// Encodes images for pages in WebP, which every current browser supports. Uses SkiaSharp: the WebP and JPEG output of
/// ImageSharp depends on the processor's vector instructions, and its PNG is five times as large. Stateless and
/// thread-safe.
/// </summary>
public static class PictureEncoder
{
    private const int Quality = 82;

    /// <summary>Encodes an opaque image as a WebP file, with losses that are hard to see.</summary>
    /// <exception cref="ArgumentNullException">There is no image.</exception>
    public static byte[] ToWebp(Image image)
    {
        ArgumentNullException.ThrowIfNull(image);
        return ToWebp(image.Width, image.Height, Opaque(image));
    }

    /// <summary>Encodes an opaque image as a data URI.</summary>
    internal static string Encode(Image image) => Encode(image.Width, image.Height, Opaque(image));

    /// <summary>Encodes an image with R, G, B and alpha, not premultiplied, as a data URI.</summary>
    internal static string Encode(int width, int height, byte[] rgba) =>
        $"data:image/webp;base64,{Convert.ToBase64String(ToWebp(width, height, rgba))}";

    private static byte[] Opaque(Image image)
    {
        byte[] rgba = new byte[4 * image.Width * image.Height];
        ReadOnlySpan<byte> rgb = image.Rgb;
        for (int i = 0; i < rgba.Length / 4; i++)
        {
            rgb.Slice(3 * i, 3).CopyTo(rgba.AsSpan(4 * i));
            rgba[4 * i + 3] = 255;
        }

        return rgba;
    }

    private static byte[] ToWebp(int width, int height, byte[] rgba)
    {
        GCHandle pinned = GCHandle.Alloc(rgba, GCHandleType.Pinned);
        try
        {
            using var pixmap = new SKPixmap(
                new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Unpremul),
                pinned.AddrOfPinnedObject());
            using SKData data = pixmap.Encode(SKEncodedImageFormat.Webp, Quality)
                ?? throw new InvalidOperationException("The WebP encoder returned nothing.");
            return data.ToArray();
        }
        finally
        {
            pinned.Free();
        }
    }
}
