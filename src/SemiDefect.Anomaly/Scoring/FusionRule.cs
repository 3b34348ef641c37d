namespace SemiDefect.Anomaly.Scoring;

/// <summary>How the scores of several branches are combined.</summary>
public enum FusionRule
{
    /// <summary>The mean.</summary>
    Mean,

    /// <summary>The maximum.</summary>
    Maximum,
}
