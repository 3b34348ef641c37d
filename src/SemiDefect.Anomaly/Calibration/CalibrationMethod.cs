namespace SemiDefect.Anomaly.Calibration;

/// <summary>How a good image is scored as if the detector had never seen it.</summary>
public enum CalibrationMethod
{
    /// <summary>
    /// <see cref="RepairedBank"/>, or <see cref="PooledBank"/> where the features do not fit the memory allowed.
    /// docs/evaluation.md says what each costs, and by how much it raises the scores.
    /// </summary>
    Automatic,

    /// <summary>
    /// Scored by the final bank without the rows from the image's fold. Nothing is fitted twice, but the bank has gaps
    /// where those rows were, which raises the scores; the fewer patches are kept, the more.
    /// </summary>
    MaskedBank,

    /// <summary>
    /// As <see cref="MaskedBank"/>, with the gaps repaired: the greedy selection continues among the patches of the
    /// other folds until these lie within the final bank's covering radius again. If every fold has a bank of its own,
    /// or excluding a fold leaves too little of the bank, <see cref="RefittedBank"/> is used.
    /// </summary>
    RepairedBank,

    /// <summary>
    /// Scored by a bank fitted on the other folds: textbook cross-validation, one more coreset per fold.
    /// </summary>
    RefittedBank,

    /// <summary>
    /// Scored by a bank selected from the rows that the other folds keep; each fold is reduced once, to twice its share
    /// of the bank. Always used if the features do not fit into the allowed memory.
    /// </summary>
    PooledBank,
}
