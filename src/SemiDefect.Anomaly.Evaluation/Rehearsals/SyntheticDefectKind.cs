namespace SemiDefect.Anomaly.Evaluation.Rehearsals;

/// <summary>The kind of a synthetic defect.</summary>
public enum SyntheticDefectKind
{
    /// <summary>A thin curved line, darker or brighter than its surroundings.</summary>
    Scratch,

    /// <summary>A disk, darker or brighter than its surroundings.</summary>
    Dot,

    /// <summary>An uneven blot that fades outwards.</summary>
    Stain,

    /// <summary>A rectangle copied from elsewhere in the image (CutPaste; Li et al. 2021).</summary>
    CutPaste,

    /// <summary>
    /// Seamlessly blended texture from elsewhere (Poisson image editing, Perez et al. 2003; NSA, Schlueter et al.
    /// 2022).
    /// </summary>
    Texture,

    /// <summary>A smoothed area, as if a structure were missing.</summary>
    MissingPart,
}
