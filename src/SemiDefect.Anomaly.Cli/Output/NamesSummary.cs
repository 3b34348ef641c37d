using System.Globalization;
using System.Text.Json;
using SemiDefect.Anomaly.Naming;

namespace SemiDefect.Anomaly.Cli.Output;

/// <summary>What is told of the names that a detector was taught.</summary>
internal static class NamesSummary
{
    public static void Write(TextWriter output, string path, DefectNames? names, bool json)
    {
        if (json)
        {
            output.WriteLine(JsonSerializer.Serialize(
                new TeachJson(1, path.Replace('\\', '/'), Json(names), names?.Skipped ?? 0, names?.NotFound ?? 0),
                CliJson.Default.TeachJson));
            return;
        }

        output.WriteLine($"{"Detector",-11} {path}");
        if (names is null)
        {
            output.WriteLine($"{"Names",-11} none");
            return;
        }

        Write(output, names);
        if (names.NotFound > 0)
        {
            output.WriteLine(
                $"{"Note",-11} At the place of {names.NotFound} of the labeled defects, the detector finds nothing: "
                    + "such defects have no region that could be named.");
        }

        if (names.Skipped > 0)
        {
            output.WriteLine(
                $"{"Note",-11} {names.Skipped} {(names.Skipped == 1 ? "label" : "labels")} without a place could not "
                    + "be used, because the detector finds nothing in the image: draw a mask or a box.");
        }
    }

    /// <summary>Writes the types, for a detector that was taught some.</summary>
    public static void Write(TextWriter output, DefectNames names)
    {
        string accuracy = names.HeldOutAccuracy is { } value
            ? string.Create(CultureInfo.InvariantCulture, $", {100 * value:0.#} % named right when left out")
            : string.Empty;
        output.WriteLine(
            $"{"Names",-11} {names.Types.Count} {(names.Types.Count == 1 ? "type" : "types")}, "
                + $"{names.Types.Sum(type => type.Defects)} labeled defects, "
                + $"{names.Views} views{accuracy}{(names.IsWhole ? ", one for each image" : string.Empty)}");
        foreach (TaughtType type in names.Types)
        {
            string right = type.Defects > 1 ? $", {type.Right} named right when left out" : string.Empty;
            string limit = type.HasOwnLimit ? ", limit of its own for unknown" : string.Empty;
            output.WriteLine($"{"Type",-11} {Text.Printable(type.Name)}: {type.Defects}{right}{limit}");
        }

        int all = names.Types.Sum(type => type.Defects > 1 ? type.Defects : 0);
        int shared = names.Types.Count(type => !type.HasOwnLimit);
        string rate = string.Create(CultureInfo.InvariantCulture, $"{100 * names.UnknownRate:0.##} %");
        if ((all + 1) * names.UnknownRate < 1)
        {
            output.WriteLine(
                $"{"Note",-11} Too few labeled defects to call anything unknown at a rate of {rate}: "
                    + $"{Math.Ceiling((1 / names.UnknownRate) - 1)} are needed.");
        }
        else if (shared > 0)
        {
            output.WriteLine(
                $"{"Note",-11} For {shared} of {names.Types.Count} types, the rate of {rate} for unknown holds over "
                    + "all types together, not for each.");
        }
    }

    /// <summary>The same as JSON; null without names.</summary>
    public static NamesJson? Json(DefectNames? names) => names is null
        ? null
        : new NamesJson(
            names.Method == NamingMethod.Linear ? "linear" : "prototype",
            names.UnknownRate,
            names.Views,
            names.HeldOutAccuracy,
            [
                .. names.Types.Select(type =>
                    new TaughtTypeJson(type.Name, type.Defects, type.Right, type.HasOwnLimit)),
            ]);
}
