namespace SemiDefect.Anomaly;

/// <summary>The answer for one image.</summary>
public enum Decision
{
    /// <summary>The score is not above the check threshold, or not above the threshold if there is no band.</summary>
    Normal,

    /// <summary>The score is above the check threshold, but not above the threshold: a person should look.</summary>
    Check,

    /// <summary>The score is above the threshold.</summary>
    Abnormal,
}
