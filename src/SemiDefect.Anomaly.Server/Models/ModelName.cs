using System.Text;
using SemiDefect.Anomaly.Server.Api;

namespace SemiDefect.Anomaly.Server.Models;

/// <summary>Validates the names of models and training images, which become file names. Stateless.</summary>
internal static class ModelName
{
    private const int Longest = 100;

    private static readonly string[] Devices =
        ["CON", "PRN", "AUX", "NUL", .. Enumerable.Range(0, 10).SelectMany(i => new[] { $"COM{i}", $"LPT{i}" })];

    /// <summary>
    /// Whether a name consists of letters and digits of any script, '-', '_', '.' and inner spaces, so that it cannot
    /// leave its folder on any system.
    /// </summary>
    public static bool IsValid(string name) =>
        name.Length is > 0 and <= Longest
        && name.IsNormalized(NormalizationForm.FormC)
        && name.All(c => char.IsLetterOrDigit(c) || c is '-' or '_' or '.' or ' ')
        && char.IsLetterOrDigit(name[0])
        && name[^1] is not ('.' or ' ')
        && !Devices.Contains(name.Split('.')[0].TrimEnd(), StringComparer.OrdinalIgnoreCase);

    /// <summary>Rejects an invalid name.</summary>
    public static string Check(string name) => IsValid(name)
        ? name
        : throw ProblemException.Invalid(
            $"A name has 1 to {Longest} letters, digits, '-', '_', '.' and spaces, and begins with a letter or a "
                + "digit.");
}
