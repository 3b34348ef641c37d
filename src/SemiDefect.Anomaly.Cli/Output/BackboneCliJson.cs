using System.Text.Json.Serialization;
using SemiDefect.Anomaly.Backbones.Importing;
using SemiDefect.Anomaly.Encoders;

namespace SemiDefect.Anomaly.Cli.Output;

/// <summary>
/// Serializes the output of <c>semidefect backbone</c>. The snake_case keys are part of the public contract.
/// </summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true, NewLine = "\n")]
[JsonSerializable(typeof(VerificationJson))]
internal sealed partial class BackboneCliJson : JsonSerializerContext;

internal sealed record VerificationJson(
    int Schema,
    bool Passed,
    IReadOnlyList<BackboneCheck> Checks,
    IReadOnlyList<BackboneTap> Taps,
    double? MillisecondsPerImage);
