using System.Text.Json.Serialization;

namespace SemiDefect.Anomaly.Encoders;

/// <summary>The source-generated serializer of manifests.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    WriteIndented = true,
    NewLine = "\n",
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip)]
[JsonSerializable(typeof(BackboneManifest))]
internal sealed partial class BackboneJson : JsonSerializerContext;
