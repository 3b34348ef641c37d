using System.Globalization;
using SemiDefect.Anomaly.Calibration;
using SemiDefect.Anomaly.Server.Api;

namespace SemiDefect.Anomaly.Server.Models;

/// <summary>
/// Fixed thresholds that nobody means: below 0, where every image is abnormal, and far above all good images, where
/// none is. Stateless.
/// </summary>
internal static class ThresholdLimits
{
    /// <summary>The highest threshold, as a multiple of the highest out-of-fold score.</summary>
    public const double Factor = 10;

    /// <summary>The highest threshold that is set without force; null if the detector has no scores.</summary>
    public static double? Highest(IReadOnlyList<double> scores) => scores.Count == 0 ? null : Factor * scores.Max();

    /// <summary>Rejects fixed values beyond the limits.</summary>
    /// <exception cref="ProblemException">A value is beyond them (422).</exception>
    public static void Check(DetectorThresholds thresholds, double? value, double? pixelValue)
    {
        Check("threshold", value, Highest(thresholds.ImageScores));
        Check("pixel threshold", pixelValue, Highest(thresholds.PixelPeaks));
    }

    private static void Check(string name, double? value, double? highest)
    {
        if (value < 0)
        {
            throw Refused($"A {name} of {value} is below 0, so every image would be abnormal.");
        }

        if (value > highest)
        {
            throw Refused(
                $"A {name} of {value} is above {highest}, {Factor} times the highest score of the good images.");
        }
    }

    private static ProblemException Refused(FormattableString message) => new(
        422,
        "threshold-range",
        $"{message.ToString(CultureInfo.InvariantCulture)} To set it nevertheless, send force = true.");
}
