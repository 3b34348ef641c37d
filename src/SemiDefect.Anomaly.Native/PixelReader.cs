using SemiDefect.Anomaly.Imaging;

namespace SemiDefect.Anomaly.Native;

/// <summary>Copies the pixels of a caller into an image. Stateless.</summary>
internal static unsafe class PixelReader
{
    private const int Channels = 3;

    /// <summary>Copies pixels.</summary>
    /// <param name="pixels">The first pixel of the top row.</param>
    /// <param name="width">Pixels per row.</param>
    /// <param name="height">Rows.</param>
    /// <param name="stride">Bytes from one row to the next; negative if the top row comes last.</param>
    /// <param name="format">The bytes of a pixel.</param>
    /// <param name="limits">Limits on the number of pixels.</param>
    /// <exception cref="NativeCallException">The sizes or the format cannot be.</exception>
    public static Image Read(byte* pixels, int width, int height, nint stride, PixelFormat format, ImageLimits limits)
    {
        (int bytes, int red, int green, int blue) = format switch
        {
            PixelFormat.Gray8 => (1, 0, 0, 0),
            PixelFormat.Rgb24 => (3, 0, 1, 2),
            PixelFormat.Rgba32 => (4, 0, 1, 2),
            PixelFormat.Bgr24 => (3, 2, 1, 0),
            PixelFormat.Bgra32 => (4, 2, 1, 0),
            _ => throw new NativeCallException(Status.Argument, $"There is no pixel format {(int)format}."),
        };
        if (width is <= 0 or > ImageLimits.MaxSide
            || height is <= 0 or > ImageLimits.MaxSide
            || (long)width * height > limits.MaxPixels)
        {
            throw new NativeCallException(
                Status.Argument,
                $"An image cannot have {width} x {height} pixels: 1 to {limits.MaxPixels} are allowed.");
        }

        if (Math.Abs((long)stride) < (long)width * bytes)
        {
            throw new NativeCallException(
                Status.Argument, $"A row of {width} pixels has {(long)width * bytes} bytes; the stride is {stride}.");
        }

        byte[] rgb = new byte[Channels * width * height];
        int at = 0;
        for (int y = 0; y < height; y++)
        {
            byte* pixel = pixels + (y * stride);
            for (int x = 0; x < width; x++, pixel += bytes, at += Channels)
            {
                rgb[at] = pixel[red];
                rgb[at + 1] = pixel[green];
                rgb[at + 2] = pixel[blue];
            }
        }

        return new Image(width, height, rgb);
    }
}
