namespace SemiDefect.Anomaly;

/// <summary>The stages of a fit, in order.</summary>
public enum FitStage
{
    /// <summary>Reading images and computing patch embeddings; counted in images.</summary>
    Features,

    /// <summary>Selecting patches for the memory bank; counted in selected patches.</summary>
    Coreset,

    /// <summary>Scoring good images out of fold; counted in images.</summary>
    Thresholds,
}
