namespace SemiDefect.Anomaly.Evaluation.Tuning;

/// <summary>What a tuning chose, and why. Immutable by convention, and so thread-safe.</summary>
/// <param name="Options">The options to fit with: those given, with the networks and working sizes chosen.</param>
/// <param name="Chosen">The position of what was chosen among the candidates.</param>
/// <param name="Candidates">What was tried, the default first, then by cost.</param>
/// <param name="Sizes">The extents of the planted defects in the first picture held out, in pixels.</param>
/// <param name="Learned">The good images that each candidate learned from.</param>
/// <param name="HeldOut">The good images that defects were planted in.</param>
/// <param name="Rates">What other false-alarm rates would find with what was chosen, ascending.</param>
public sealed record TuningResult(
    FitOptions Options,
    int Chosen,
    IReadOnlyList<TuningCandidate> Candidates,
    IReadOnlyList<int> Sizes,
    int Learned,
    int HeldOut,
    IReadOnlyList<TuningRate> Rates);
