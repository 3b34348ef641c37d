using System.Text.Json.Serialization;

namespace SemiDefect.Anomaly.Serialization;

/// <summary>The serializer of the header, made at compile time.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    AllowDuplicateProperties = false,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip)]
[JsonSerializable(typeof(DetectorDocument))]
internal sealed partial class DetectorJson : JsonSerializerContext;
