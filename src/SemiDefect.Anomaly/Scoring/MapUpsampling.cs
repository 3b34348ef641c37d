namespace SemiDefect.Anomaly.Scoring;

/// <summary>How patch scores are upsampled to the size of the input.</summary>
public enum MapUpsampling
{
    /// <summary>Bilinear, align_corners = false (as in amazon's code).</summary>
    Bilinear,

    /// <summary>Nearest neighbor (as in anomalib).</summary>
    Nearest,
}
