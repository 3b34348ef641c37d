using System.Globalization;

namespace SemiDefect.Anomaly.Evaluation.Tests;

/// <summary>
/// What a data set was evaluated with, or must be at least; <see cref="Aupro"/> is null without masks. Found and false
/// alarms are counted at the threshold that good images alone have set.
/// </summary>
internal sealed record AccuracyFigures(double? Auroc, double? Aupro, int Found, int FalseAlarms)
{
    private const string Missed = "MISSED";

    public static AccuracyFigures Of(EvaluationResult result) =>
        new(
            result.Ranking.Auroc,
            result.Pixel?.Overall.Aupro,
            result.AtThreshold.TruePositives,
            result.AtThreshold.FalsePositives);

    /// <summary>Every figure beside its floor if at least one of them misses it; otherwise null.</summary>
    public string? WhereBelow(AccuracyFigures floor)
    {
        string[] lines =
        [
            AtLeast("image AUROC", Auroc, floor.Auroc),
            AtLeast("AUPRO", Aupro, floor.Aupro),
            AtLeast("found", Found, floor.Found),
            Line("false alarms", FalseAlarms, "at most", floor.FalseAlarms, FalseAlarms <= floor.FalseAlarms),
        ];
        return lines.Any(line => line.EndsWith(Missed, StringComparison.Ordinal)) ? string.Join('\n', lines) : null;
    }

    private static string AtLeast(string name, double? measured, double? floor) =>
        Line(name, measured, "at least", floor, floor is null || measured >= floor);

    private static string Line(string name, double? measured, string relation, double? bound, bool holds) =>
        $"  {name,-14}{Text(measured),-10}{relation,-9}{Text(bound),-7}{(holds ? "holds" : Missed)}";

    private static string Text(double? value) => value?.ToString("0.######", CultureInfo.InvariantCulture) ?? "none";
}
