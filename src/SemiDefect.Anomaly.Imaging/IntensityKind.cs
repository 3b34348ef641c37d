namespace SemiDefect.Anomaly.Imaging;

/// <summary>Which samples of a deep picture become black and white.</summary>
public enum IntensityKind
{
    /// <summary>The lowest and the highest that its bits can hold.</summary>
    Full,

    /// <summary>Two values that are given.</summary>
    Window,

    /// <summary>Two percentiles of the samples of the picture itself.</summary>
    Percentiles,

    /// <summary>Those of the window that a DICOM file has.</summary>
    FileWindow,
}
