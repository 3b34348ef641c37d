using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.Views;

namespace SemiDefect.Anomaly.Evaluation;

/// <summary>Reads what marks defects, at the size of a file or of the image. Stateless.</summary>
internal static class MaskFile
{
    /// <summary>
    /// Reads a mask at its original size: 255 is defective, 0 is good; see <see cref="MaskDecoder"/>.
    /// </summary>
    /// <exception cref="SemiDefectException">The file cannot be read.</exception>
    public static (byte[] Values, int Width, int Height) Read(string path, ImageLimits limits) =>
        MaskDecoder.Decode(ImageFile.ReadBytes(path, limits), path, limits);

    /// <summary>
    /// Reads all that marks an image: several files joined at the size of the first, or boxes at the size of the image.
    /// </summary>
    /// <exception cref="SemiDefectException">A file cannot be read.</exception>
    public static (byte[] Values, int Width, int Height) Read(
        DefectMask mask,
        int imageWidth,
        int imageHeight,
        ImageLimits limits)
    {
        if (mask.Paths.Count == 0)
        {
            return (Draw(mask.Boxes, imageWidth, imageHeight), imageWidth, imageHeight);
        }

        (byte[] values, int width, int height) = Read(mask.Paths[0], limits);
        foreach (string path in mask.Paths.Skip(1))
        {
            (byte[] more, int moreWidth, int moreHeight) = Read(path, limits);
            more = ToNearest(more, moreWidth, moreHeight, width, height);
            for (int i = 0; i < values.Length; i++)
            {
                values[i] |= more[i];
            }
        }

        return (values, width, height);
    }

    /// <summary>
    /// Whether a mask looks as if good were marked: more than half of it is marked, and nearly all of its frame, which
    /// few defects reach.
    /// </summary>
    public static bool LooksInverted(byte[] values, int width, int height)
    {
        const double FrameShare = 0.9;
        if (2L * values.AsSpan().Count((byte)255) <= values.Length)
        {
            return false;
        }

        int frame = 0;
        int marked = 0;
        for (int y = 0; y < height; y++)
        {
            int step = y == 0 || y == height - 1 ? 1 : Math.Max(1, width - 1);
            for (int x = 0; x < width; x += step)
            {
                frame++;
                marked += values[y * width + x] == 0 ? 0 : 1;
            }
        }

        return marked >= FrameShare * frame;
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

        Image cut = geometry.Cut(new Image(width, height, rgb));
        byte[] target = new byte[cut.Width * cut.Height];
        for (int i = 0; i < target.Length; i++)
        {
            target[i] = (byte)(cut.Rgb[3 * i] == 255 ? 255 : 0);
        }

        return target;
    }

    private static byte[] Draw(IReadOnlyList<MaskBox> boxes, int width, int height)
    {
        byte[] values = new byte[width * height];
        foreach (MaskBox box in boxes)
        {
            // Whole pixels that the box touches, one at least.
            int left = Math.Clamp((int)Math.Floor(box.Left * width), 0, width - 1);
            int right = Math.Clamp((int)Math.Ceiling(box.Right * width), left + 1, width);
            int top = Math.Clamp((int)Math.Floor(box.Top * height), 0, height - 1);
            int bottom = Math.Clamp((int)Math.Ceiling(box.Bottom * height), top + 1, height);
            for (int y = top; y < bottom; y++)
            {
                values.AsSpan(y * width + left, right - left).Fill(255);
            }
        }

        return values;
    }
}
