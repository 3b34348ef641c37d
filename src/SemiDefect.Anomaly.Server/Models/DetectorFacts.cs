using SemiDefect.Anomaly.Calibration;

namespace SemiDefect.Anomaly.Server.Models;

/// <summary>What a version records of its detector file. Immutable.</summary>
/// <param name="Threshold">The image threshold.</param>
/// <param name="PixelThreshold">The pixel threshold.</param>
/// <param name="Method">The rule of the image threshold, as the file names it.</param>
/// <param name="Rate">The false-alarm rate of the rule; null without one.</param>
/// <param name="CheckThreshold">The check threshold; null for two answers only.</param>
/// <param name="CheckRate">The check rate; 0 for two answers only.</param>
/// <param name="Images">The number of images learned from.</param>
internal sealed record DetectorFacts(
    double Threshold,
    double PixelThreshold,
    string Method,
    double? Rate,
    double? CheckThreshold,
    double CheckRate,
    int Images)
{
    /// <summary>How a score becomes a decision.</summary>
    public DecisionRule Rule => new(Threshold, CheckThreshold);

    public static DetectorFacts Of(DetectorDescription detector)
    {
        DetectorThresholds thresholds = detector.Thresholds;
        return new DetectorFacts(
            thresholds.Image.Value,
            thresholds.Pixel.Value,
            thresholds.Image.Method,
            RateOf(thresholds.Options),
            thresholds.Check?.Value,
            thresholds.Options.CheckRate,
            detector.Images.Count);
    }

    /// <summary>The false-alarm rate; null for a rule without one.</summary>
    public static double? RateOf(ThresholdOptions options) =>
        options.HasRate ? options.FalseAlarmRate : null;
}
