using System.Text.Json;

namespace SemiDefect.Anomaly.Serialization;

/// <summary>A part of a detector as a file names it. Immutable and thread-safe.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Version">The version of what its options mean, from 1.</param>
/// <param name="Options">Its options, by kind.</param>
/// <param name="Sections">The sections that belong to it.</param>
internal sealed record DetectorComponent(string Kind, int Version, JsonElement Options, IReadOnlyList<string> Sections);
