using SemiDefect.Anomaly.Views;

namespace SemiDefect.Anomaly.Scoring;

/// <summary>One anomaly score per pixel, row by row. Treat as immutable; then thread-safe.</summary>
public sealed class AnomalyMap
{
    /// <summary>Takes ownership of <paramref name="values"/>.</summary>
    /// <exception cref="ArgumentException">The length is not width x height.</exception>
    public AnomalyMap(int width, int height, float[] values)
    {
        ArgumentNullException.ThrowIfNull(values);
        if (values.LongLength != (long)width * height)
        {
            throw new ArgumentException(
                $"A {width} x {height} map needs {(long)width * height} values, got {values.LongLength}.",
                nameof(values));
        }

        Width = width;
        Height = height;
        Values = values;
    }

    /// <summary>The width in pixels.</summary>
    public int Width { get; }

    /// <summary>The height in pixels.</summary>
    public int Height { get; }

    /// <summary>The scores, [y][x]; 0 or more, in the metric of <see cref="ScoringOptions.Metric"/>.</summary>
    public float[] Values { get; }

    /// <summary>The highest value.</summary>
    public float Peak => Values.Max();

    /// <summary>
    /// Resamples a map at the size of the network's input to the pixels of the original image; 0 for pixels outside the
    /// crop, which were not inspected.
    /// </summary>
    /// <param name="geometry">The position of the input on the original.</param>
    /// <exception cref="ArgumentException">The size of the map differs from that of the input.</exception>
    public AnomalyMap ToOriginal(InputGeometry geometry) =>
        (Width, Height) == (geometry.InputWidth, geometry.InputHeight)
        ? AnomalyMapBuilder.ToOriginal(this, geometry)
        : throw new ArgumentException(
            $"The map has {Width} x {Height} values, the input {geometry.InputWidth} x {geometry.InputHeight}.",
            nameof(geometry));
}
