namespace SemiDefect.Anomaly;

/// <summary>The progress of a fit.</summary>
/// <param name="Stage">The current stage.</param>
/// <param name="Done">The completed part of the stage.</param>
/// <param name="Total">The total of the stage.</param>
public readonly record struct FitProgress(FitStage Stage, int Done, int Total);

/// <summary>The stages of a fit, in order.</summary>
public enum FitStage
{
    /// <summary>Images are read and turned into patch embeddings; counted in images.</summary>
    Features,

    /// <summary>A projection of patches is trained; counted in steps. Only with ReConPatch.</summary>
    Projection,

    /// <summary>Patches are picked for the memory bank; counted in picks.</summary>
    Coreset,

    /// <summary>Good images are judged out of fold; counted in images.</summary>
    Thresholds,

    /// <summary>Defects are planted and judged out of fold, alternating with good images; counted in images.</summary>
    Planting,
}
