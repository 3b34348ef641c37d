using System.Text.Json.Serialization;
using SemiDefect.Anomaly.Fleet.Fitting;

namespace SemiDefect.Anomaly.Fleet.Messages;

/// <summary>The JSON of all messages and entries.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(InspectionTask))]
[JsonSerializable(typeof(EncodeTask))]
[JsonSerializable(typeof(FleetInspection))]
[JsonSerializable(typeof(DeadLetter))]
[JsonSerializable(typeof(FleetModel))]
[JsonSerializable(typeof(WorkerState))]
[JsonSerializable(typeof(EncoderRecord))]
internal sealed partial class FleetJson : JsonSerializerContext;
