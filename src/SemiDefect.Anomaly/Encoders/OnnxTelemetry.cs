using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;

namespace SemiDefect.Anomaly.Encoders;

/// <summary>
/// The official Linux builds of ONNX Runtime since 1.29 send telemetry over the network by default and create a file
/// for it in the temporary folder; the Windows build writes trace events. A program that promises to stay offline must
/// disable both. Its log is silenced as well. Thread-safe.
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

        try
        {
            OrtEnv environment = Create();
            environment.DisableTelemetryEvents();
            return environment;
        }
        catch (Exception error) when (error.GetBaseException() is DllNotFoundException or BadImageFormatException)
        {
            throw new BackboneException(
                "The native library of ONNX Runtime is missing: reference Microsoft.ML.OnnxRuntime or "
                    + "Microsoft.ML.OnnxRuntime.Gpu in the project of the program, and publish for the system it runs "
                    + "on.",
                error);
        }
    });

    // Kept here, because ONNX Runtime calls it as long as the process runs.
    private static readonly DOrtLoggingFunction Silence = (_, _, _, _, _, _) => { };

    /// <summary>ONNX Runtime's environment, with telemetry disabled before it was created.</summary>
    public static OrtEnv SilentEnvironment => Environment.Value;

    // Its own log goes to the terminal and is meant for its developers; what fails throws an exception.
    private static OrtEnv Create()
    {
        if (OrtEnv.IsCreated)
        {
            // By the program that uses this library, which has its own choice of a log.
            return OrtEnv.Instance();
        }

        var options = new EnvironmentCreationOptions
        {
            logId = "SemiDefect.Anomaly",
            logLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL,
            loggingFunction = Silence,
        };
        return OrtEnv.CreateInstanceWithOptions(ref options);
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetVariable(string name, string value, int overwrite);
}
