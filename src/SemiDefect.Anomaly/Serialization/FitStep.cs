namespace SemiDefect.Anomaly.Serialization;

/// <summary>One step of how a detector came to know its good images. Immutable and thread-safe.</summary>
/// <param name="Kind">fit, update or merge.</param>
/// <param name="Images">The number of images that came with it; they follow those of the steps before.</param>
/// <param name="Rows">The number of patches in the memory banks after it.</param>
public sealed record FitStep(string Kind, int Images, int Rows)
{
    internal const string Fit = "fit";
    internal const string Update = "update";
    internal const string Merge = "merge";
}
