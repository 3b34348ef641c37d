using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.Imaging.Resampling;

namespace SemiDefect.Anomaly.Views;

/// <summary>
/// Turns an image into the network's input following torchvision 0.14 (Resize, CenterCrop, ToTensor, Normalize) with
/// Pillow's resampling: the same bytes before normalization, and the same float32 operations after it. Stateless and
/// thread-safe.
/// </summary>
public static class Preprocessor
{
    /// <summary>The maximum number of pixels of an input, which keeps its float values below 1 GiB.</summary>
    public const int MaxInputPixels = 1 << 26;

    // The map of a tiled image is built as a whole: 12 bytes per pixel.
    private const int MaxTiledPixels = 1 << 28;

    /// <summary>Resizes and crops an image, and normalizes all of it as one view.</summary>
    /// <exception cref="SemiDefectException">
    /// The crop is larger than the resized image, or the input would be too large.
    /// </exception>
    public static PreparedView Prepare(Image image, PreprocessingOptions options)
    {
        ArgumentNullException.ThrowIfNull(image);
        InputGeometry canvas = Plan(image.Width, image.Height, options);
        return Prepare(Cut(image, canvas), canvas, new View(canvas, ViewTurn.None, null), options);
    }

    /// <summary>Crops a view from a canvas, turns and normalizes it.</summary>
    /// <param name="picture">The result of <see cref="Cut"/> for the canvas.</param>
    /// <param name="canvas">The position of the canvas.</param>
    /// <param name="view">A view of the canvas.</param>
    /// <param name="options">The normalization.</param>
    public static PreparedView Prepare(Image picture, InputGeometry canvas, View view, PreprocessingOptions options)
    {
        ArgumentNullException.ThrowIfNull(picture);
        ArgumentNullException.ThrowIfNull(view);
        ArgumentNullException.ThrowIfNull(options);
        InputGeometry window = view.Geometry;
        Image seen = PillowBilinear.ResizeWindow(
            picture,
            picture.Width,
            picture.Height,
            window.CropLeft - canvas.CropLeft,
            window.CropTop - canvas.CropTop,
            window.InputWidth,
            window.InputHeight);
        return new PreparedView(Normalize(ViewTurner.Turn(seen, view.Turn), options), view);
    }

    /// <summary>The geometry of the input for an image of the given size.</summary>
    /// <param name="width">The width of the image.</param>
    /// <param name="height">The height of the image.</param>
    /// <param name="options">How to resize and crop.</param>
    /// <param name="isTiled">Whether the input is split into tiles, and may therefore be as large as an image.</param>
    /// <exception cref="SemiDefectException">The crop is larger than the resized image, or the input would be too
    /// large.</exception>
    public static InputGeometry Plan(int width, int height, PreprocessingOptions options, bool isTiled = false)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentNullException.ThrowIfNull(options);
        (int resizedWidth, int resizedHeight) = ResizedSize(width, height, options);
        int inputWidth = options.Crop ?? resizedWidth;
        int inputHeight = options.Crop ?? resizedHeight;
        if (inputWidth > resizedWidth || inputHeight > resizedHeight)
        {
            throw new SemiDefectException(
                $"The crop of {inputWidth} x {inputHeight} pixels does not fit in the {resizedWidth} x {resizedHeight} "
                    + $"picture; use a smaller crop, or resize to {inputWidth} or more.");
        }

        int most = isTiled ? MaxTiledPixels : MaxInputPixels;
        if ((long)inputWidth * inputHeight > most)
        {
            throw new SemiDefectException(
                $"A {width} x {height} picture would become an input of {inputWidth} x {inputHeight} pixels, more than "
                    + $"{most}; "
                + "use a smaller resize size, or a crop.");
        }

        return new InputGeometry(
            width,
            height,
            resizedWidth,
            resizedHeight,
            CropOffset(resizedWidth, inputWidth),
            CropOffset(resizedHeight, inputHeight),
            inputWidth,
            inputHeight);
    }

    /// <summary>The resized and cropped image, before normalization.</summary>
    public static Image Cut(Image image, InputGeometry geometry)
    {
        ArgumentNullException.ThrowIfNull(image);
        Image region = geometry.RegionWidth == 0
            ? image
            : PillowBilinear.ResizeWindow(
                image,
                image.Width,
                image.Height,
                geometry.RegionLeft,
                geometry.RegionTop,
                geometry.RegionWidth,
                geometry.RegionHeight);
        return PillowBilinear.ResizeWindow(
            region,
            geometry.ResizedWidth,
            geometry.ResizedHeight,
            geometry.CropLeft,
            geometry.CropTop,
            geometry.InputWidth,
            geometry.InputHeight);
    }

    private static (int Width, int Height) ResizedSize(int width, int height, PreprocessingOptions options)
    {
        switch (options.Resize)
        {
            case ResizeKind.Squash:
                return (options.Size, options.Size);
            case ResizeKind.ShorterSide:
                int shorter = Math.Min(width, height);
                double longer = Math.Floor((double)((long)options.Size * Math.Max(width, height)) / shorter);
                if (longer > int.MaxValue / 2)
                {
                    throw new SemiDefectException(
                        $"A {width} x {height} picture is too long and thin to resize its shorter side to "
                            + $"{options.Size}; squash it, or cut it into pieces.");
                }

                return width <= height ? (options.Size, (int)longer) : ((int)longer, options.Size);
            default:
                return (width, height);
        }
    }

    // Python's round() rounds halves to even.
    private static int CropOffset(int size, int crop) => (int)Math.Round((size - crop) / 2.0, MidpointRounding.ToEven);

    private static float[] Normalize(Image image, PreprocessingOptions options)
    {
        ReadOnlySpan<byte> rgb = image.Rgb;
        int pixels = image.Width * image.Height;
        float[] values = GC.AllocateUninitializedArray<float>(3 * pixels);
        Span<float> table = stackalloc float[256];
        for (int channel = 0; channel < 3; channel++)
        {
            for (int v = 0; v < table.Length; v++)
            {
                table[v] = (v / 255f - options.Mean[channel]) / options.Deviation[channel];
            }

            Span<float> plane = values.AsSpan(channel * pixels, pixels);
            for (int i = 0, source = channel; i < plane.Length; i++, source += 3)
            {
                plane[i] = table[rgb[source]];
            }
        }

        return values;
    }
}
