using System.Runtime.InteropServices;
using SemiDefect.Anomaly.Imaging;
using SkiaSharp;

namespace SemiDefect.Anomaly.Evaluation.Reports;

/// <summary>
/// Encodes images as data URIs in WebP, which every current browser supports. Uses SkiaSharp: the WebP and JPEG output
/// of ImageSharp depends on the processor's vector instructions, and its PNG is five times as large. Stateless.
/// </summary>
internal static class PictureEncoder
{
    private const int Quality = 82;

    /// <summary>Encodes an opaque image.</summary>
    public static string Encode(Image image)
    {
        byte[] rgba = new byte[4 * image.Width * image.Height];
        ReadOnlySpan<byte> rgb = image.Rgb;
        for (int i = 0; i < rgba.Length / 4; i++)
        {
            rgb.Slice(3 * i, 3).CopyTo(rgba.AsSpan(4 * i));
            rgba[4 * i + 3] = 255;
        }

        return Encode(image.Width, image.Height, rgba);
    }

    /// <summary>Encodes an image with R, G, B and alpha, not premultiplied.</summary>
    public static string Encode(int width, int height, byte[] rgba)
    {
        GCHandle pinned = GCHandle.Alloc(rgba, GCHandleType.Pinned);
        try
        {
            using var pixmap = new SKPixmap(
                new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Unpremul),
                pinned.AddrOfPinnedObject());
            using SKData data = pixmap.Encode(SKEncodedImageFormat.Webp, Quality)
                ?? throw new InvalidOperationException("The WebP encoder returned nothing.");
            return $"data:image/webp;base64,{Convert.ToBase64String(data.AsSpan())}";
        }
        finally
        {
            pinned.Free();
        }
    }
}
