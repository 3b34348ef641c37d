namespace SemiDefect.Anomaly.Encoders;

/// <summary>Information on ONNX Runtime. Thread-safe.</summary>
public static class OnnxRuntimeInfo
{
    /// <summary>Its version.</summary>
    public static string Version => OnnxTelemetry.SilentEnvironment.GetVersionString();

    /// <summary>The execution providers in this build; the devices may still be missing.</summary>
    public static IReadOnlyList<string> Providers => OnnxTelemetry.SilentEnvironment.GetAvailableProviders();
}
