namespace SemiDefect.Anomaly.Views;

/// <summary>How a view is turned before the network sees it. Immutable and thread-safe.</summary>
/// <param name="Degrees">Clockwise, a multiple of 45 from 0 to 315.</param>
/// <param name="Flip">Whether the view is mirrored left to right before it is turned.</param>
public readonly record struct ViewTurn(int Degrees, bool Flip)
{
    /// <summary>As it is.</summary>
    public static ViewTurn None => default;

    /// <summary>Whether pixels only change places, so that nothing is interpolated and no corner is empty.</summary>
    public bool IsExact => Degrees % 90 == 0;

    /// <summary>Whether rows become columns.</summary>
    public bool SwapsSides => Degrees is 90 or 270;
}
