namespace SemiDefect.Anomaly.Scoring;

/// <summary>How patch scores are brought to the input's size.</summary>
public enum MapUpsampling
{
    /// <summary>Bilinear, align_corners = false (amazon's way).</summary>
    Bilinear,

    /// <summary>The nearest patch (anomalib's way).</summary>
    Nearest,
}
