namespace SemiDefect.Anomaly.Views;

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
