namespace SemiDefect.Anomaly.Evaluation.Wafers;

/// <summary>How a wafer map is shown as a picture.</summary>
public enum WaferView
{
    /// <summary>
    /// The share of failing dies around each place of the wafer, for detectors: the wafer fills the picture, whatever
    /// its number of dies.
    /// </summary>
    Density,

    /// <summary>The dies themselves, each as a square of one color, for people.</summary>
    Colors,
}
