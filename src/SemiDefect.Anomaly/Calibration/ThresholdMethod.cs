namespace SemiDefect.Anomaly.Calibration;

/// <summary>How a threshold is set from good images alone.</summary>
public enum ThresholdMethod
{
    /// <summary>
    /// The finite-sample rank rule; a tail model is used if there are too few images for the rate.
    /// </summary>
    Conformal,

    /// <summary>The empirical quantile, linearly interpolated.</summary>
    Quantile,

    /// <summary>A value given by the user.</summary>
    Fixed,

    /// <summary>The mean, over the folds, of the highest out-of-fold score in each.</summary>
    FoldMaxima,
}
