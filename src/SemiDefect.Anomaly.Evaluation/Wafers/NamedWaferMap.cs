namespace SemiDefect.Anomaly.Evaluation.Wafers;

/// <summary>A wafer map of a file. Immutable and thread-safe.</summary>
/// <param name="Name">What it is called: the file's name without its ending and, of several maps, a number.</param>
/// <param name="Label">The name of its pattern if the file says it; otherwise null.</param>
/// <param name="Map">The map.</param>
public sealed record NamedWaferMap(string Name, string? Label, WaferMap Map);
