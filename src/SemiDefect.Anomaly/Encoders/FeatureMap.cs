namespace SemiDefect.Anomaly.Encoders;

/// <summary>
/// The output of one tap for a batch of images: float32 in the order image, channel, y, x. Treat as immutable; then
/// thread-safe.
/// </summary>
public sealed class FeatureMap
{
    /// <summary>Takes ownership of <paramref name="values"/>.</summary>
    /// <exception cref="ArgumentException">The length is not images x channels x height x width.</exception>
    public FeatureMap(string tap, int images, int channels, int height, int width, float[] values)
    {
        ArgumentNullException.ThrowIfNull(values);
        if (values.LongLength != (long)images * channels * height * width)
        {
            throw new ArgumentException(
                $"[{images}, {channels}, {height}, {width}] needs {(long)images * channels * height * width} values, "
                    + $"got {values.LongLength}.",
                nameof(values));
        }

        Tap = tap;
        Images = images;
        Channels = channels;
        Height = height;
        Width = width;
        Values = values;
    }

    /// <summary>The name of the network output.</summary>
    public string Tap { get; }

    /// <summary>The number of images in the batch.</summary>
    public int Images { get; }

    /// <summary>The number of channels.</summary>
    public int Channels { get; }

    /// <summary>The number of rows of the grid.</summary>
    public int Height { get; }

    /// <summary>The number of columns of the grid.</summary>
    public int Width { get; }

    /// <summary>The values, [image][channel][y][x].</summary>
    public float[] Values { get; }
}
