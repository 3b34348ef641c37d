namespace SemiDefect.Anomaly.Evaluation.Tuning;

/// <summary>How much better one combination finds planted defects than another. Immutable and thread-safe.</summary>
/// <param name="Gain">The difference of the shares found, with kinds and sizes weighing evenly.</param>
/// <param name="ChanceOfNone">The share of resamples in which nothing is gained: small is evidence.</param>
/// <param name="ChanceOfNoneElse">
/// The same without the two kinds that gain most: what holds then holds over several kinds.
/// </param>
/// <param name="BetterKinds">The kinds found more often beyond chance.</param>
/// <param name="WorseKinds">The kinds found less often beyond chance.</param>
internal sealed record TuningEvidence(
    double Gain, double ChanceOfNone, double ChanceOfNoneElse, int BetterKinds, int WorseKinds);
