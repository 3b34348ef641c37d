using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.Views;

namespace SemiDefect.Anomaly.Evaluation;

/// <summary>
/// Reads pictures that mark defects. A pixel is defective if any of its channels is above 0; in a JPEG, whose zeros are
/// not all zero, if any is 128 or more. Thread-safe: nothing is kept.
/// </summary>
internal static class MaskFile
{
    /// <summary>The mask at its own size: 255 defective, 0 good.</summary>
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

    /// <summary>Each target pixel takes the mask's pixel under its center.</summary>
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

    /// <summary>The mask as the network's input would show it; see <see cref="MaskResize.Erode"/>.</summary>
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
