using System.Text.Json;

namespace SemiDefect.Anomaly.Serialization;

/// <summary>A component of a detector in a file. Immutable and thread-safe.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Version">The version of the options, starting at 1.</param>
/// <param name="Options">The options; their meaning depends on the kind.</param>
/// <param name="Sections">The names of its sections.</param>
internal sealed record DetectorComponent(string Kind, int Version, JsonElement Options, IReadOnlyList<string> Sections);
