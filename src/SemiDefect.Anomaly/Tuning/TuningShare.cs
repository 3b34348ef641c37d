using System.Text.Json.Serialization;

namespace SemiDefect.Anomaly.Tuning;

/// <summary>How many of some planted defects were found. Immutable and thread-safe.</summary>
/// <param name="Found">The number found at their place.</param>
/// <param name="Trials">The number planted.</param>
public readonly record struct TuningShare(int Found, int Trials)
{
    /// <summary>The share found; 0 without trials.</summary>
    [JsonIgnore]
    public double Share => Trials == 0 ? 0 : (double)Found / Trials;
}
