namespace SemiDefect.Anomaly.Views;

/// <summary>How an image is resized to the network's input size, before any crop.</summary>
public enum ResizeKind
{
    /// <summary>No resizing.</summary>
    None,

    /// <summary>
    /// Resizes the shorter side to the given size; the aspect ratio is kept (the longer side is rounded down).
    /// </summary>
    ShorterSide,

    /// <summary>Resizes both sides to the given size; the aspect ratio is lost.</summary>
    Squash,
}
