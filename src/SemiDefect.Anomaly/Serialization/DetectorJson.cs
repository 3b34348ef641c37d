using System.Text.Json.Serialization;
using SemiDefect.Anomaly.Tuning;

namespace SemiDefect.Anomaly.Serialization;

/// <summary>The source-generated serializer of headers.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    AllowDuplicateProperties = false,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip)]
[JsonSerializable(typeof(DetectorDocument))]
[JsonSerializable(typeof(DetectorManifest))]
[JsonSerializable(typeof(EncoderOptions))]
[JsonSerializable(typeof(Format1Document))]
[JsonSerializable(typeof(ProjectionRecord))]
[JsonSerializable(typeof(WhiteningRecord))]
[JsonSerializable(typeof(TuningRecord))]
[JsonSerializable(typeof(PlantedRecord))]
[JsonSerializable(typeof(NamesRecord))]
internal sealed partial class DetectorJson : JsonSerializerContext;
