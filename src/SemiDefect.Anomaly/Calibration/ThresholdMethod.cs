namespace SemiDefect.Anomaly.Calibration;

/// <summary>How a threshold is set from good images alone.</summary>
public enum ThresholdMethod
{
    /// <summary>
    /// The finite-sample rank rule; a tail model takes over where the images are too few for the rate.
    /// </summary>
    Conformal,

    /// <summary>The empirical quantile, linearly interpolated.</summary>
    Quantile,

    /// <summary>A value that the user gives.</summary>
    Fixed,

    /// <summary>The mean over folds of the highest held-out score of each.</summary>
    FoldMaxima,
}
