namespace SemiDefect.Anomaly.Fitting;

/// <summary>How a good image is judged as if the detector had never seen it.</summary>
public enum CalibrationMethod
{
    /// <summary>
    /// <see cref="MaskedBank"/> for 100 images or more of which a tenth of the patches or more is kept, else
    /// <see cref="RefittedBank"/>: a masked bank has holes where the fold's rows were, which raises the scores the more the
    /// fewer patches are kept (by a fifth for 30 images and 2.6 %, by 2 % for 100 and 10 %; see docs/evaluation.md), and
    /// with many patches refitting costs more than all the rest. Features in pieces are always judged by refitted banks, which cost little then.
    /// </summary>
    Automatic,

    /// <summary>By the final bank with the rows that came from the image's fold passed over: nothing is fitted twice.</summary>
    MaskedBank,

    /// <summary>By a bank fitted on the other folds: the textbook's way, one more coreset per fold.</summary>
    RefittedBank,
}
