namespace SemiDefect.Anomaly.Scoring;

/// <summary>Which pixels count as neighbors.</summary>
public enum Connectivity
{
    /// <summary>Those that share an edge.</summary>
    Four,

    /// <summary>Those that share an edge or a corner.</summary>
    Eight,
}
