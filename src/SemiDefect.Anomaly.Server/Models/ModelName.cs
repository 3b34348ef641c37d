using System.Text;
using SemiDefect.Anomaly.Server.Api;

namespace SemiDefect.Anomaly.Server.Models;

/// <summary>Names that become file names: of models, and of the images that they learn from.</summary>
internal static class ModelName
{
    private const int Longest = 100;

    private static readonly string[] Devices = ["CON", "PRN", "AUX", "NUL", .. Enumerable.Range(0, 10).SelectMany(i => new[] { $"COM{i}", $"LPT{i}" })];

    /// <summary>Letters and digits of any script, '-', '_', '.' and spaces inside: nothing that leads out of a folder on any system.</summary>
    public static bool IsValid(string name) =>
        name.Length is > 0 and <= Longest
        && name.IsNormalized(NormalizationForm.FormC)
        && name.All(c => char.IsLetterOrDigit(c) || c is '-' or '_' or '.' or ' ')
        && char.IsLetterOrDigit(name[0])
        && name[^1] is not ('.' or ' ')
        && !Devices.Contains(name.Split('.')[0].TrimEnd(), StringComparer.OrdinalIgnoreCase);

    /// <summary>Refuses any other name.</summary>
    public static string Check(string name) => IsValid(name)
        ? name
        : throw ProblemException.Invalid($"A name has 1 to {Longest} letters, digits, '-', '_', '.' and spaces, and begins with a letter or a digit.");
}
