namespace SemiDefect.Anomaly.Serialization;

/// <summary>One step of the training of a detector. Immutable and thread-safe.</summary>
/// <param name="Kind">fit, update or merge.</param>
/// <param name="Images">The number of images added; they follow those of the previous steps.</param>
/// <param name="Rows">The number of patches in the memory banks afterwards.</param>
public sealed record FitStep(string Kind, int Images, int Rows)
{
    internal const string Fit = "fit";
    internal const string Update = "update";
    internal const string Merge = "merge";
}
