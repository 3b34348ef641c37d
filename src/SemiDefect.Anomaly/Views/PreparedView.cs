using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.Imaging.Resampling;

namespace SemiDefect.Anomaly.Views;

/// <summary>
/// The network's input for one view: the same bytes as torchvision 0.14 with Pillow before normalization (ToTensor,
/// Normalize), and the same float32 operations after it. Treat as immutable; then thread-safe.
/// </summary>
public sealed class PreparedView
{
    internal PreparedView(float[] values, View view)
    {
        Values = values;
        View = view;
    }

    /// <summary>The normalized values, [channel][y][x], channels R, G, B.</summary>
    public float[] Values { get; }

    /// <summary>Rows.</summary>
    public int Height => View.Height;

    /// <summary>Pixels per row.</summary>
    public int Width => View.Width;

    /// <summary>The view.</summary>
    public View View { get; }

    /// <summary>Resizes and crops an image, and normalizes all of it as one view.</summary>
    /// <exception cref="SemiDefectException">
    /// The crop is larger than the resized image, or the input would be too large.
    /// </exception>
    public static PreparedView Of(Image image, PreprocessingOptions options)
    {
        ArgumentNullException.ThrowIfNull(image);
        InputGeometry canvas = InputGeometry.Of(image.Width, image.Height, options);
        return Of(canvas.Cut(image), canvas, new View(canvas, ViewTurn.None, null), options);
    }

    /// <summary>Crops a view from a canvas, turns and brightens it, and normalizes it.</summary>
    /// <param name="picture">The result of <see cref="InputGeometry.Cut"/> for the canvas.</param>
    /// <param name="canvas">The position of the canvas.</param>
    /// <param name="view">A view of the canvas.</param>
    /// <param name="options">The normalization.</param>
    internal static PreparedView Of(Image picture, InputGeometry canvas, View view, PreprocessingOptions options)
    {
        InputGeometry window = view.Geometry;
        Image seen = PillowBilinear.ResizeWindow(
            picture,
            picture.Width,
            picture.Height,
            window.CropLeft - canvas.CropLeft,
            window.CropTop - canvas.CropTop,
            window.InputWidth,
            window.InputHeight);
        Image turned = view.Turn == ViewTurn.None ? seen : ViewTurner.Turn(seen, view.Turn);
        Image lit = view.Brightness == 100 ? turned : BrightnessFactors.Scale(turned, view.Brightness);
        return new PreparedView(Normalize(lit, options), view);
    }

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
