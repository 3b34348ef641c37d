namespace SemiDefect.Anomaly.Views;

/// <summary>
/// How an image is turned into the network's input: resize, center crop, then (v / 255 - mean) / deviation per channel.
/// Stored with the model. Compared by value. Immutable and thread-safe.
/// </summary>
public sealed record PreprocessingOptions
{
    /// <summary>The maximum of <see cref="Size"/> and <see cref="Crop"/>.</summary>
    public const int MaxSize = 16_384;

    private static readonly float[] ImageNetMean = [0.485f, 0.456f, 0.406f];
    private static readonly float[] ImageNetDeviation = [0.229f, 0.224f, 0.225f];

    /// <summary>
    /// Creates options; without arguments, those of the reference: shorter side 256, crop 224, ImageNet's mean and
    /// standard deviation.
    /// </summary>
    /// <param name="resize">How to resize.</param>
    /// <param name="size">The size to resize to, 1 to <see cref="MaxSize"/>; 0 with <see
    /// cref="ResizeKind.None"/>.</param>
    /// <param name="crop">The side of the center crop, 1 to <see cref="MaxSize"/>, or null for none; not larger than
    /// <paramref name="size"/>.</param>
    /// <param name="mean">The three channel means (R, G, B) on a scale of 0 to 1; null for ImageNet's.</param>
    /// <param name="deviation">The three channel standard deviations, above 0; null for ImageNet's.</param>
    /// <exception cref="SemiDefectException">A value or combination is invalid; the message says what to
    /// do.</exception>
    public PreprocessingOptions(
        ResizeKind resize = ResizeKind.ShorterSide,
        int size = 256,
        int? crop = 224,
        IReadOnlyList<float>? mean = null,
        IReadOnlyList<float>? deviation = null)
    {
        if (!Enum.IsDefined(resize))
        {
            throw new SemiDefectException(
                $"Resize kind {(int)resize} does not exist; use None, ShorterSide or Squash.");
        }

        if (resize == ResizeKind.None && size != 0)
        {
            throw new SemiDefectException(
                $"Resize size {size} is given, but nothing is to be resized; use size 0, or resize the shorter side.");
        }

        if (resize != ResizeKind.None && size is < 1 or > MaxSize)
        {
            throw new SemiDefectException($"Resize size {size} is out of range; use 1 to {MaxSize}.");
        }

        if (crop is < 1 or > MaxSize)
        {
            throw new SemiDefectException($"Crop {crop} is out of range; use 1 to {MaxSize}, or no crop.");
        }

        if (resize != ResizeKind.None && crop > size)
        {
            throw new SemiDefectException(
                $"Crop {crop} is larger than the resize size {size}; use a crop of at most {size}, or a larger size.");
        }

        Resize = resize;
        Size = size;
        Crop = crop;
        Mean = Copy(mean ?? ImageNetMean, "mean");
        Deviation = Copy(deviation ?? ImageNetDeviation, "deviation");
        foreach (float value in Deviation)
        {
            if (!(value > 0))
            {
                throw new SemiDefectException(
                    "Every channel deviation must be above 0; correct the normalization values.");
            }
        }
    }

    /// <summary>How the image is resized.</summary>
    public ResizeKind Resize { get; }

    /// <summary>The size to resize to, in pixels; 0 with <see cref="ResizeKind.None"/>.</summary>
    public int Size { get; }

    /// <summary>The side of the center crop in pixels, or null for none.</summary>
    public int? Crop { get; }

    /// <summary>The mean of R, G, B on a scale of 0 to 1.</summary>
    public IReadOnlyList<float> Mean { get; }

    /// <summary>The standard deviation of R, G, B on a scale of 0 to 1, above 0.</summary>
    public IReadOnlyList<float> Deviation { get; }

    /// <inheritdoc/>
    public bool Equals(PreprocessingOptions? other) =>
        other is not null
        && Resize == other.Resize
        && Size == other.Size
        && Crop == other.Crop
        && Mean.SequenceEqual(other.Mean)
        && Deviation.SequenceEqual(other.Deviation);

    /// <inheritdoc/>
    public override int GetHashCode() =>
        HashCode.Combine(
            Resize,
            Size,
            Crop,
            HashCode.Combine(Mean[0], Mean[1], Mean[2]),
            HashCode.Combine(Deviation[0], Deviation[1], Deviation[2]));

    private static System.Collections.ObjectModel.ReadOnlyCollection<float> Copy(
        IReadOnlyList<float> values,
        string what)
    {
        if (values.Count != 3)
        {
            throw new SemiDefectException($"The {what} has {values.Count} values; give three, for R, G and B.");
        }

        foreach (float value in values)
        {
            if (!float.IsFinite(value))
            {
                throw new SemiDefectException(
                    $"The {what} holds a value that is not a finite number; correct the normalization values.");
            }
        }

        return Array.AsReadOnly([values[0], values[1], values[2]]);
    }
}

/// <summary>How a picture is brought to the network's input size, before any crop.</summary>
public enum ResizeKind
{
    /// <summary>The picture keeps its own size.</summary>
    None,

    /// <summary>The shorter side gets the size; the aspect is kept (the longer side is rounded down).</summary>
    ShorterSide,

    /// <summary>Both sides get the size; the aspect is lost.</summary>
    Squash,
}
