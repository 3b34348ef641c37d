namespace SemiDefect.Anomaly.Encoders;

/// <summary>The ONNX Runtime that runs the networks. Thread-safe.</summary>
public static class OnnxRuntimeInfo
{
    /// <summary>Its version.</summary>
    public static string Version => OnnxTelemetry.SilentEnvironment.GetVersionString();

    /// <summary>The execution providers that it was built with; that a device is there is another matter.</summary>
    public static IReadOnlyList<string> Providers => OnnxTelemetry.SilentEnvironment.GetAvailableProviders();
}
