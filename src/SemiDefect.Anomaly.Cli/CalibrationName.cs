using System.CommandLine.Parsing;
using SemiDefect.Anomaly.Calibration;

namespace SemiDefect.Anomaly.Cli;

/// <summary>The names of calibration methods on the command line. Stateless.</summary>
internal static class CalibrationName
{
    /// <summary>The former name of <see cref="CalibrationMethod.RepairedBank"/>.</summary>
    private const string Old = "mendedbank";

    /// <summary>Parses the name of a method; case is ignored.</summary>
    public static CalibrationMethod? Read(ArgumentResult result)
    {
        string text = result.Tokens[0].Value;
        if (string.Equals(text, Old, StringComparison.OrdinalIgnoreCase))
        {
            return CalibrationMethod.RepairedBank;
        }

        if (Enum.GetNames<CalibrationMethod>().Contains(text, StringComparer.OrdinalIgnoreCase))
        {
            return Enum.Parse<CalibrationMethod>(text, ignoreCase: true);
        }

        result.AddError(
            $"--calibration must be automatic, repairedbank, maskedbank, refittedbank or pooledbank, not '{text}'.");
        return null;
    }
}
