namespace SemiDefect.Anomaly.Encoders;

/// <summary>The linear projections of patch vectors that a fit can learn.</summary>
public enum ProjectionKind
{
    /// <summary>
    /// Learned by contrast, so that patches which are alike come close (ReConPatch, Hyun et al. 2022).
    /// </summary>
    ReConPatch,

    /// <summary>The directions in which the patches of the good images vary most.</summary>
    Pca,

    /// <summary>
    /// These directions divided by the standard deviation along them, with a shrunk covariance.
    /// </summary>
    Whiten,
}
