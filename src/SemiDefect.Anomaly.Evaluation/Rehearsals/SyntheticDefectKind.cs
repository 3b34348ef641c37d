namespace SemiDefect.Anomaly.Evaluation.Rehearsals;

/// <summary>What is planted into a good image.</summary>
public enum SyntheticDefectKind
{
    /// <summary>A thin bent line, darker or brighter than its surroundings.</summary>
    Scratch,

    /// <summary>A disk, darker or brighter than its surroundings.</summary>
    Dot,

    /// <summary>An uneven blot that fades outwards.</summary>
    Stain,

    /// <summary>A rectangle of the same image in another place (CutPaste; Li et al. 2021).</summary>
    CutPaste,

    /// <summary>Texture from another place, blended in seamlessly (Poisson image editing, Perez et al. 2003; as in NSA, Schlueter et al. 2022).</summary>
    Texture,

    /// <summary>An area smoothed over, as if what is there had never been made.</summary>
    MissingPart,
}
