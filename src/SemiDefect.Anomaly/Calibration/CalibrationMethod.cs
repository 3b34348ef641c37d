namespace SemiDefect.Anomaly.Calibration;

/// <summary>How a good image is judged as if the detector had never seen it.</summary>
public enum CalibrationMethod
{
    /// <summary>
    /// <see cref="RepairedBank"/>, or <see cref="PooledBank"/> where the features do not fit the memory allowed.
    /// docs/evaluation.md says what each costs, and by how much it raises the scores.
    /// </summary>
    Automatic,

    /// <summary>
    /// By the final bank with the rows that came from the image's fold passed over: nothing is fitted twice, but the
    /// bank has holes where those rows were, which raises the scores the more the fewer patches are kept.
    /// </summary>
    MaskedBank,

    /// <summary>
    /// As <see cref="MaskedBank"/>, the holes repaired: the greedy selection continues among the other folds' patches
    /// until they lie within the final bank's covering radius again. Where every fold has a bank of its own, or a fold
    /// leaves too little of the bank, <see cref="RefittedBank"/> stands in.
    /// </summary>
    RepairedBank,

    /// <summary>By a bank fitted on the other folds: the textbook's way, one more coreset per fold.</summary>
    RefittedBank,

    /// <summary>
    /// By a bank picked from what the other folds keep, each fold having been reduced once to twice its share of the
    /// bank. Features that do not fit the memory allowed are always judged so.
    /// </summary>
    PooledBank,
}
