using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;

namespace SemiDefect.Anomaly.Encoders;

/// <summary>
/// ONNX Runtime's official Linux build reports to its makers over the network unless told otherwise, from 1.29 on, and
/// keeps a file in the folder for temporary files for it; its Windows build writes trace events. Neither has a place in
/// a program that promises to stay offline. Thread-safe.
/// </summary>
internal static partial class OnnxTelemetry
{
    private static readonly Lazy<OrtEnv> Environment = new(() =>
    {
        if (!OperatingSystem.IsWindows())
        {
            // Asked of the C library when the environment is made; .NET's own variables do not reach it.
            _ = SetVariable("ORT_DISABLE_TELEMETRY", "1", 1);
        }

        var environment = OrtEnv.Instance();
        environment.DisableTelemetryEvents();
        return environment;
    });

    /// <summary>ONNX Runtime's environment, silenced before it was made.</summary>
    public static OrtEnv SilentEnvironment => Environment.Value;

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetVariable(string name, string value, int overwrite);
}
