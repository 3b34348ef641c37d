using SemiDefect.Anomaly.Views;

namespace SemiDefect.Anomaly.Scoring;

/// <summary>One anomaly score per pixel, row by row. Immutable by convention, and so thread-safe.</summary>
public sealed class AnomalyMap
{
    /// <summary>Takes over <paramref name="values"/>.</summary>
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

    /// <summary>Pixels per row.</summary>
    public int Width { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>The scores, [y][x]; 0 or more, in the metric of <see cref="ScoringOptions.Metric"/>.</summary>
    public float[] Values { get; }

    /// <summary>The highest value.</summary>
    public float Peak => Values.Max();

    /// <summary>A map at the size of the network's input brought to the original image's pixels; 0 where a crop kept
    /// pixels from being inspected.</summary>
    /// <param name="geometry">Where the input lies on the original.</param>
    /// <exception cref="ArgumentException">The map has another size than the input.</exception>
    public AnomalyMap ToOriginal(InputGeometry geometry) =>
        (Width, Height) == (geometry.InputWidth, geometry.InputHeight)
        ? AnomalyMapBuilder.ToOriginal(this, geometry)
        : throw new ArgumentException(
            $"The map has {Width} x {Height} values, the input {geometry.InputWidth} x {geometry.InputHeight}.",
            nameof(geometry));
}
