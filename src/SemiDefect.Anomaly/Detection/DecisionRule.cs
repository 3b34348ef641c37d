namespace SemiDefect.Anomaly;

/// <summary>
/// Turns a score into a decision. The only place where an image score is compared with a threshold, so that all outputs
/// agree. Immutable and thread-safe.
/// </summary>
/// <param name="Threshold">The image threshold: a score strictly above it is abnormal.</param>
/// <param name="CheckThreshold">
/// The check threshold: a score strictly above it, but not above the threshold, is to be checked. Null for two answers.
/// </param>
public readonly record struct DecisionRule(double Threshold, double? CheckThreshold = null)
{
    /// <summary>Whether a score can get the answer <see cref="Decision.Check"/>.</summary>
    public bool HasBand => CheckThreshold < Threshold;

    /// <summary>The decision for a score.</summary>
    public Decision Decide(double score) =>
        score > Threshold ? Decision.Abnormal
        : score > CheckThreshold ? Decision.Check
        : Decision.Normal;

    /// <summary>The name of a decision in files and messages: normal, check or abnormal.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such decision.</exception>
    public static string NameOf(Decision decision) => decision switch
    {
        Decision.Normal => "normal",
        Decision.Check => "check",
        Decision.Abnormal => "abnormal",
        _ => throw new ArgumentOutOfRangeException(nameof(decision)),
    };

    /// <summary>The decision of a name; null if there is none.</summary>
    public static Decision? Find(string? name) => name switch
    {
        "normal" => Decision.Normal,
        "check" => Decision.Check,
        "abnormal" => Decision.Abnormal,
        _ => null,
    };
}
