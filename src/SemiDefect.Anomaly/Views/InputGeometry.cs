namespace SemiDefect.Anomaly.Views;

/// <summary>
/// Where the network's input lies on the original picture: original = (input + crop offset + 0.5) x scale - 0.5 for each
/// axis. In these coordinates pixel i has its center at i, and its edges at i - 0.5 and i + 0.5. Immutable, and so thread-safe.
/// </summary>
/// <param name="OriginalWidth">Pixels per row of the upright original.</param>
/// <param name="OriginalHeight">Rows of the upright original.</param>
/// <param name="ResizedWidth">Pixels per row after resizing, before the crop.</param>
/// <param name="ResizedHeight">Rows after resizing, before the crop.</param>
/// <param name="CropLeft">The columns of the resized picture cut off on the left.</param>
/// <param name="CropTop">The rows of the resized picture cut off on top.</param>
/// <param name="InputWidth">Pixels per row of the network's input.</param>
/// <param name="InputHeight">Rows of the network's input.</param>
public readonly record struct InputGeometry(
    int OriginalWidth,
    int OriginalHeight,
    int ResizedWidth,
    int ResizedHeight,
    int CropLeft,
    int CropTop,
    int InputWidth,
    int InputHeight)
{
    /// <summary>Original pixels per input pixel along a row.</summary>
    public double ScaleX => (double)OriginalWidth / ResizedWidth;

    /// <summary>Original pixels per input pixel along a column.</summary>
    public double ScaleY => (double)OriginalHeight / ResizedHeight;

    /// <summary>The point of the original that shows at a point of the input.</summary>
    public (double X, double Y) ToOriginal(double x, double y) =>
        ((x + CropLeft + 0.5) * ScaleX - 0.5, (y + CropTop + 0.5) * ScaleY - 0.5);

    /// <summary>The point of the input where a point of the original shows; outside of the input where the crop cut it off.</summary>
    public (double X, double Y) ToInput(double x, double y) =>
        ((x + 0.5) / ScaleX - 0.5 - CropLeft, (y + 0.5) / ScaleY - 0.5 - CropTop);
}
