using System.Text.Json.Serialization;

namespace SemiDefect.Anomaly.Encoders;

/// <summary>The serializer of the manifest, made at compile time.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    WriteIndented = true,
    NewLine = "\n",
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip)]
[JsonSerializable(typeof(BackboneManifest))]
internal sealed partial class BackboneJson : JsonSerializerContext;
