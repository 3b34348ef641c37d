using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.Imaging.Resampling;

namespace SemiDefect.Anomaly.Views;

/// <summary>
/// Turns a picture into the network's input by the rules of torchvision 0.14 (Resize, CenterCrop, ToTensor, Normalize)
/// over Pillow's resampling: the same bytes before normalization, and the same float32 operations after. Thread-safe: nothing is kept.
/// </summary>
public static class Preprocessor
{
    /// <summary>The most pixels that an input may have: its float values then stay below 1 GiB.</summary>
    public const int MaxInputPixels = 1 << 26;

    /// <summary>Resizes, crops and normalizes.</summary>
    /// <exception cref="SemiDefectException">The crop does not fit in the resized picture, or the input would be too large.</exception>
    public static PreparedImage Prepare(Image image, PreprocessingOptions options)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(options);
        InputGeometry geometry = Plan(image.Width, image.Height, options);
        return new PreparedImage(Normalize(Cut(image, geometry), options), geometry);
    }

    /// <summary>What <see cref="Prepare"/> makes of a picture of that size, without making it.</summary>
    /// <exception cref="SemiDefectException">The crop does not fit in the resized picture, or the input would be too large.</exception>
    public static InputGeometry Plan(int width, int height, PreprocessingOptions options)
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
                $"The crop of {inputWidth} x {inputHeight} pixels does not fit in the {resizedWidth} x {resizedHeight} picture; use a smaller crop, or resize to {inputWidth} or more.");
        }

        if ((long)inputWidth * inputHeight > MaxInputPixels)
        {
            throw new SemiDefectException(
                $"A {width} x {height} picture would become an input of {inputWidth} x {inputHeight} pixels, more than {MaxInputPixels}; use a smaller resize size, or a crop.");
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

    /// <summary>Normalizes a picture that was resized and cropped before.</summary>
    internal static PreparedImage FromInput(Image input, PreprocessingOptions options) => new(
        Normalize(input, options),
        new InputGeometry(input.Width, input.Height, input.Width, input.Height, 0, 0, input.Width, input.Height));

    /// <summary>The resized and cropped picture, before normalization.</summary>
    public static Image Cut(Image image, InputGeometry geometry) =>
        PillowBilinear.ResizeWindow(
            image,
            geometry.ResizedWidth,
            geometry.ResizedHeight,
            geometry.CropLeft,
            geometry.CropTop,
            geometry.InputWidth,
            geometry.InputHeight);

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
                    throw new SemiDefectException($"A {width} x {height} picture is too long and thin to resize its shorter side to {options.Size}; squash it, or cut it into pieces.");
                }

                return width <= height ? (options.Size, (int)longer) : ((int)longer, options.Size);
            default:
                return (width, height);
        }
    }

    // Python's round() takes halves to the even neighbor.
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
