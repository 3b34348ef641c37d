using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.Views;

namespace SemiDefect.Anomaly.Evaluation;

/// <summary>
/// Reads mask images. A pixel is defective if any channel is above 0, or, in a JPEG with its compression artifacts,
/// if any channel is 128 or more. Stateless.
/// </summary>
internal static class MaskFile
{
    /// <summary>Reads a mask at its original size: 255 is defective, 0 is good.</summary>
    /// <exception cref="SemiDefectException">The file cannot be read.</exception>
    public static (byte[] Values, int Width, int Height) Read(string path, ImageLimits limits)
    {
        byte[] bytes = ImageFile.ReadBytes(path, limits);
        Image image = ImageFile.Decode(bytes, path, limits);
        int limit = bytes.AsSpan().StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8]) ? 128 : 1;
        byte[] values = new byte[image.Width * image.Height];
        ReadOnlySpan<byte> rgb = image.Rgb;
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = (byte)(rgb[3 * i] >= limit || rgb[3 * i + 1] >= limit || rgb[3 * i + 2] >= limit ? 255 : 0);
        }

        return (values, image.Width, image.Height);
    }

    /// <summary>Resizes a mask with nearest-neighbor interpolation.</summary>
    public static byte[] ToNearest(byte[] values, int width, int height, int targetWidth, int targetHeight)
    {
        if (width == targetWidth && height == targetHeight)
        {
            return values;
        }

        byte[] target = new byte[targetWidth * targetHeight];
        for (int y = 0; y < targetHeight; y++)
        {
            int row = (int)((2L * y + 1) * height / (2L * targetHeight)) * width;
            for (int x = 0; x < targetWidth; x++)
            {
                target[y * targetWidth + x] = values[row + (int)((2L * x + 1) * width / (2L * targetWidth))];
            }
        }

        return target;
    }

    /// <summary>Resizes and crops a mask to the network's input; see <see cref="MaskResize.Erode"/>.</summary>
    public static byte[] ToEroded(byte[] values, int width, int height, InputGeometry geometry)
    {
        byte[] rgb = new byte[3 * values.Length];
        for (int i = 0; i < rgb.Length; i++)
        {
            rgb[i] = values[i / 3];
        }

        Image cut = Preprocessor.Cut(new Image(width, height, rgb), geometry);
        byte[] target = new byte[cut.Width * cut.Height];
        for (int i = 0; i < target.Length; i++)
        {
            target[i] = (byte)(cut.Rgb[3 * i] == 255 ? 255 : 0);
        }

        return target;
    }
}
