using System.Text.Json.Serialization;
using SemiDefect.Anomaly.Backbones.Architectures;

namespace SemiDefect.Anomaly.Cli.Output;

/// <summary>What <c>doctor</c> found; its JSON is a contract.</summary>
internal sealed record DoctorReport(
    int Schema,
    bool Healthy,
    string Engine,
    string Runtime,
    string System,
    string Architecture,
    int Cores,
    long MemoryBytes,
    string Simd,
    string OnnxRuntime,
    IReadOnlyList<string> ExecutionProviders,
    IReadOnlyList<string> Backbones,
    DeviceChoiceJson Network,
    DeviceChoiceJson Search,
    IReadOnlyList<AcceleratorJson> Accelerators,
    IReadOnlyList<DoctorCheckJson> Checks);

/// <summary>What runs something, and why.</summary>
internal sealed record DeviceChoiceJson(string Auto, string Why);

/// <summary>An accelerator and its test.</summary>
internal sealed record AcceleratorJson(string Id, string Kind, string Name, long MemoryBytes, int Multiprocessors, string Driver, bool Passed, string Detail, double Seconds);

/// <summary>A check of what every run needs.</summary>
internal sealed record DoctorCheckJson(string Name, bool Passed, string Detail);

/// <summary>The serializer of what <c>doctor</c> prints; snake_case keys are a contract.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true, NewLine = "\n")]
[JsonSerializable(typeof(DoctorReport))]
internal sealed partial class DoctorJson : JsonSerializerContext;
