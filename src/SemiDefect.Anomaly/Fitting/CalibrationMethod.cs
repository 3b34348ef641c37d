namespace SemiDefect.Anomaly.Fitting;

/// <summary>How a good image is judged as if the detector had never seen it.</summary>
public enum CalibrationMethod
{
    /// <summary>By the final bank with the rows that came from the image's fold passed over: nothing is fitted twice.</summary>
    MaskedBank,

    /// <summary>By a bank fitted on the other folds: the textbook's way, one more coreset per fold.</summary>
    RefittedBank,
}
