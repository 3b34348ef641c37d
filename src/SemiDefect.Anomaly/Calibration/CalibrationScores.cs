namespace SemiDefect.Anomaly.Calibration;

/// <summary>What each good image scored out of its fold. Immutable by convention, and so thread-safe.</summary>
/// <param name="ImageScores">One image score per good image, in the order of the images.</param>
/// <param name="PixelPeaks">The highest value of each good image's anomaly map.</param>
internal sealed record CalibrationScores(double[] ImageScores, double[] PixelPeaks);
