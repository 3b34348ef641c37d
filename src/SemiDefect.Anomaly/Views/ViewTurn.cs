namespace SemiDefect.Anomaly.Views;

/// <summary>How a view is turned before the network sees it. Immutable and thread-safe.</summary>
/// <param name="Degrees">Clockwise, a multiple of 45 from 0 to 315.</param>
/// <param name="Flip">Whether the view is mirrored left to right before it is turned.</param>
public readonly record struct ViewTurn(int Degrees, bool Flip)
{
    /// <summary>No turn.</summary>
    public static ViewTurn None => default;

    /// <summary>Whether pixels are only moved, without interpolation and empty corners.</summary>
    public bool IsExact => Degrees % 90 == 0;

    /// <summary>Whether width and height are swapped.</summary>
    public bool SwapsSides => Degrees is 90 or 270;
}
