using SemiDefect.Anomaly.Evaluation.Rehearsals;

namespace SemiDefect.Anomaly.Cli;

/// <summary>The kinds of planted defects by name. Stateless.</summary>
internal static class KindNames
{
    /// <summary>The name of a kind.</summary>
    public static string Of(SyntheticDefectKind kind) => DefectKindNames.Of(kind);

    /// <summary>Reads names separated by commas; null for the kinds that are planted by default.</summary>
    /// <exception cref="UsageException">There is no such kind.</exception>
    public static IReadOnlyList<SyntheticDefectKind> Read(string? text) => text is null
        ? RehearsalOptions.SoftKinds
        :
        [
            .. text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                .Select(Parse)
                .Distinct(),
        ];

    private static SyntheticDefectKind Parse(string name)
    {
        SyntheticDefectKind[] all = Enum.GetValues<SyntheticDefectKind>();
        int index = Array.FindIndex(all, kind => string.Equals(Of(kind), name, StringComparison.OrdinalIgnoreCase));
        return index >= 0
            ? all[index]
            : throw new UsageException(
                $"There is no kind of defect '{name}': choose from {string.Join(", ", all.Select(Of))}.");
    }
}
