using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;

namespace SemiDefect.Anomaly.Encoders;

/// <summary>
/// The official Linux builds of ONNX Runtime since 1.29 send telemetry over the network by default and create a file
/// for it in the temporary folder; the Windows build writes trace events. A program that promises to stay offline must
/// disable both. Thread-safe.
/// </summary>
internal static partial class OnnxTelemetry
{
    private static readonly Lazy<OrtEnv> Environment = new(() =>
    {
        if (!OperatingSystem.IsWindows())
        {
            // The C library reads the variable when the environment is created; .NET's own variables do not reach it.
            _ = SetVariable("ORT_DISABLE_TELEMETRY", "1", 1);
        }

        var environment = OrtEnv.Instance();
        environment.DisableTelemetryEvents();
        return environment;
    });

    /// <summary>ONNX Runtime's environment, with telemetry disabled before it was created.</summary>
    public static OrtEnv SilentEnvironment => Environment.Value;

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetVariable(string name, string value, int overwrite);
}
