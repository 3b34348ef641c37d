namespace SemiDefect.Anomaly.Fitting;

/// <summary>How a good image is judged as if the detector had never seen it.</summary>
public enum CalibrationMethod
{
    /// <summary>
    /// <see cref="RefittedBank"/> for fewer than 100 images, <see cref="MaskedBank"/> from there on: a masked bank has holes
    /// where the fold's rows were, which raises the scores of small sets (by a fifth at 30 images) but hardly those of large
    /// ones (by 2 % at 100; see docs/evaluation.md), and with many images refitting costs more than all the rest.
    /// </summary>
    Automatic,

    /// <summary>By the final bank with the rows that came from the image's fold passed over: nothing is fitted twice.</summary>
    MaskedBank,

    /// <summary>By a bank fitted on the other folds: the textbook's way, one more coreset per fold.</summary>
    RefittedBank,
}
