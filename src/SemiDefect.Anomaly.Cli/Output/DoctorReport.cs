using System.Text.Json.Serialization;

namespace SemiDefect.Anomaly.Cli.Output;

/// <summary>The results of <c>semidefect doctor</c>. The JSON is part of the public contract.</summary>
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

/// <summary>A chosen device, and the reason.</summary>
internal sealed record DeviceChoiceJson(string Auto, string Why);

/// <summary>An accelerator and its self-test result.</summary>
internal sealed record AcceleratorJson(
    string Id,
    string Kind,
    string Name,
    long MemoryBytes,
    int Multiprocessors,
    string Driver,
    bool Passed,
    string Detail,
    double Seconds);

/// <summary>The result of a check.</summary>
internal sealed record DoctorCheckJson(string Name, bool Passed, string Detail);

/// <summary>Serializes <see cref="DoctorReport"/>. The snake_case keys are part of the public contract.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true, NewLine = "\n")]
[JsonSerializable(typeof(DoctorReport))]
internal sealed partial class DoctorJson : JsonSerializerContext;
