namespace SemiDefect.Anomaly.Evaluation.Rehearsals;

/// <summary>
/// The kind of a synthetic defect. The first six have edges sharper than most pictures have; the others have edges as
/// soft as the picture's own (see <see cref="RehearsalOptions.SoftKinds"/>).
/// </summary>
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

    /// <summary>An elongated spot with soft edges.</summary>
    Spot,

    /// <summary>A bent line with soft edges.</summary>
    Crack,

    /// <summary>An uneven blot with soft edges.</summary>
    SoftStain,

    /// <summary>A change of brightness that fades in over its whole area.</summary>
    Shade,

    /// <summary>A part of the structure moved by up to its own size.</summary>
    Displaced,

    /// <summary>A part of the structure turned about its center.</summary>
    Turned,

    /// <summary>A part of the structure bent without a seam; the contrast scales the displacement.</summary>
    Bent,

    /// <summary>A structure replaced by what surrounds it, with the picture's noise.</summary>
    Missing,

    /// <summary>A structure that appears a second time beside itself.</summary>
    Doubled,
}
