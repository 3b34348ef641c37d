namespace SemiDefect.Anomaly.Views;

/// <summary>The network's input made from one picture. Immutable by convention, and so thread-safe.</summary>
public sealed class PreparedImage
{
    internal PreparedImage(float[] values, InputGeometry geometry)
    {
        Values = values;
        Geometry = geometry;
    }

    /// <summary>The normalized values, [channel][y][x], channels R, G, B.</summary>
    public float[] Values { get; }

    /// <summary>Rows.</summary>
    public int Height => Geometry.InputHeight;

    /// <summary>Pixels per row.</summary>
    public int Width => Geometry.InputWidth;

    /// <summary>Where the input lies on the original picture.</summary>
    public InputGeometry Geometry { get; }
}
