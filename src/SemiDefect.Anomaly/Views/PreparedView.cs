namespace SemiDefect.Anomaly.Views;

/// <summary>The network's input for one view. Treat as immutable; then thread-safe.</summary>
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
}
