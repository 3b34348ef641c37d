using SemiDefect.Anomaly.Calibration;

namespace SemiDefect.Anomaly.Cli;

/// <summary>The names of threshold methods on the command line. Stateless.</summary>
internal static class ThresholdMethodName
{
    /// <summary>
    /// The former name of <see cref="ThresholdMethod.FoldMaxima"/>, which implied a memory bank per fold.
    /// </summary>
    public const string Old = "seed";

    private static readonly Dictionary<string, ThresholdMethod> Methods = new(StringComparer.OrdinalIgnoreCase)
    {
        ["conformal"] = ThresholdMethod.Conformal,
        ["quantile"] = ThresholdMethod.Quantile,
        ["fixed"] = ThresholdMethod.Fixed,
        ["fold-maxima"] = ThresholdMethod.FoldMaxima,
        [Old] = ThresholdMethod.FoldMaxima,
    };

    /// <summary>Parses the name of a method.</summary>
    /// <param name="text">The name, or null.</param>
    /// <exception cref="UsageException">There is no such method.</exception>
    public static ThresholdMethod? Read(string? text) => text is null ? null
        : Methods.TryGetValue(text, out ThresholdMethod method) ? method
        : throw new UsageException(
            $"--threshold-method must be conformal, quantile, fixed or fold-maxima, not '{text}'.");
}
