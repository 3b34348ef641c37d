using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.Imaging.Resampling;

namespace SemiDefect.Anomaly.Views;

/// <summary>
/// The position of an input on the original image: a region of the original is resized, and a window of the result is
/// the input. For each axis, original = region offset + (input + window offset + 0.5) x scale - 0.5. In these
/// coordinates, pixel i has its center at i and its edges at i - 0.5 and i + 0.5. Sizes and crops follow torchvision
/// 0.14 (Resize, CenterCrop) with Pillow's resampling. Immutable and thread-safe.
/// </summary>
/// <param name="OriginalWidth">Pixels per row of the upright original.</param>
/// <param name="OriginalHeight">Rows of the upright original.</param>
/// <param name="ResizedWidth">Pixels per row of the region after resizing.</param>
/// <param name="ResizedHeight">Rows of the region after resizing.</param>
/// <param name="CropLeft">The columns of the resized region to the left of the window.</param>
/// <param name="CropTop">The rows of the resized region above the window.</param>
/// <param name="InputWidth">Pixels per row of the window, which is the input.</param>
/// <param name="InputHeight">Rows of the window.</param>
/// <param name="RegionLeft">The region's first column on the original.</param>
/// <param name="RegionTop">The region's first row on the original.</param>
/// <param name="RegionWidth">Pixels per row of the region; 0 for all of the original.</param>
/// <param name="RegionHeight">Rows of the region; 0 for all of the original.</param>
public readonly record struct InputGeometry(
    int OriginalWidth,
    int OriginalHeight,
    int ResizedWidth,
    int ResizedHeight,
    int CropLeft,
    int CropTop,
    int InputWidth,
    int InputHeight,
    int RegionLeft = 0,
    int RegionTop = 0,
    int RegionWidth = 0,
    int RegionHeight = 0)
{
    /// <summary>The maximum number of pixels of an input, which keeps its float values below 1 GiB.</summary>
    public const int MaxInputPixels = 1 << 26;

    // The map of a tiled image is built as a whole: 12 bytes per pixel.
    private const int MaxTiledPixels = 1 << 28;

    /// <summary>Original pixels per input pixel along a row.</summary>
    public double ScaleX => (double)(RegionWidth == 0 ? OriginalWidth : RegionWidth) / ResizedWidth;

    /// <summary>Original pixels per input pixel along a column.</summary>
    public double ScaleY => (double)(RegionHeight == 0 ? OriginalHeight : RegionHeight) / ResizedHeight;

    /// <summary>Maps a point of the input to the original.</summary>
    public (double X, double Y) ToOriginal(double x, double y) =>
        (RegionLeft + ((x + CropLeft + 0.5) * ScaleX - 0.5), RegionTop + ((y + CropTop + 0.5) * ScaleY - 0.5));

    /// <summary>
    /// Maps a point of the original to the input; the result may lie outside the input.
    /// </summary>
    public (double X, double Y) ToInput(double x, double y) =>
        ((x - RegionLeft + 0.5) / ScaleX - 0.5 - CropLeft, (y - RegionTop + 0.5) / ScaleY - 0.5 - CropTop);

    /// <summary>
    /// The pixels of the original whose centers lie in the input: first column, first row, columns and rows. Others are
    /// never inspected.
    /// </summary>
    public (int Left, int Top, int Width, int Height) Inspected()
    {
        InputGeometry self = this;
        (int left, int width) = Span(OriginalWidth, InputWidth, x => self.ToInput(x, 0).X);
        (int top, int height) = Span(OriginalHeight, InputHeight, y => self.ToInput(0, y).Y);
        return (left, top, width, height);
    }

    /// <summary>A smaller window of the same resized region.</summary>
    /// <param name="left">Columns to the left of it in this window.</param>
    /// <param name="top">Rows above it in this window.</param>
    /// <param name="width">Its columns.</param>
    /// <param name="height">Its rows.</param>
    public InputGeometry Window(int left, int top, int width, int height) => this with
    {
        CropLeft = CropLeft + left,
        CropTop = CropTop + top,
        InputWidth = width,
        InputHeight = height,
    };

    /// <summary>The geometry of the input for an image of the given size.</summary>
    /// <param name="width">The width of the image.</param>
    /// <param name="height">The height of the image.</param>
    /// <param name="options">How to resize and crop.</param>
    /// <param name="isTiled">Whether the input is split into tiles, and may therefore be as large as an image.</param>
    /// <exception cref="SemiDefectException">The crop is larger than the resized image, or the input would be too
    /// large.</exception>
    public static InputGeometry Of(int width, int height, PreprocessingOptions options, bool isTiled = false)
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

    /// <summary>The input for an image of the original's size: resized and cropped, before normalization.</summary>
    public Image Cut(Image image)
    {
        ArgumentNullException.ThrowIfNull(image);
        Image region = RegionWidth == 0
            ? image
            : PillowBilinear.ResizeWindow(
                image,
                image.Width,
                image.Height,
                RegionLeft,
                RegionTop,
                RegionWidth,
                RegionHeight);
        return PillowBilinear.ResizeWindow(
            region,
            ResizedWidth,
            ResizedHeight,
            CropLeft,
            CropTop,
            InputWidth,
            InputHeight);
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

    private static (int First, int Count) Span(int original, int input, Func<int, double> toInput)
    {
        int first = 0;
        while (first < original - 1 && toInput(first) < -0.5)
        {
            first++;
        }

        int last = original - 1;
        while (last > first && toInput(last) >= input - 0.5)
        {
            last--;
        }

        return (first, last - first + 1);
    }
}
