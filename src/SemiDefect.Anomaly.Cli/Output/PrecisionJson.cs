namespace SemiDefect.Anomaly.Cli.Output;

/// <summary>Planted defects found at the threshold, with float32 and with 8-bit numbers, as JSON.</summary>
/// <param name="Planted">Planted defects.</param>
/// <param name="FoundFloat32">Found with float32.</param>
/// <param name="FoundInt8">Found with 8-bit numbers, by the detector.</param>
internal sealed record PrecisionJson(int Planted, int FoundFloat32, int FoundInt8);
