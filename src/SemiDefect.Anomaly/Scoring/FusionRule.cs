namespace SemiDefect.Anomaly.Scoring;

/// <summary>How the scores of several branches become one.</summary>
public enum FusionRule
{
    /// <summary>The mean.</summary>
    Mean,

    /// <summary>The maximum.</summary>
    Maximum,
}
