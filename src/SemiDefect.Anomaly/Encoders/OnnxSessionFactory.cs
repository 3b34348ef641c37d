using Microsoft.ML.OnnxRuntime;
using SemiDefect.Anomaly.Detection;

namespace SemiDefect.Anomaly.Encoders;

/// <summary>Creates ONNX Runtime sessions, chooses the device and translates errors into clear messages.</summary>
internal static class OnnxSessionFactory
{
    private const string CudaProvider = "CUDAExecutionProvider";

    public static InferenceSession Create(BackboneFile file, OnnxBackboneOptions options, out ExecutionDevice device)
    {
        bool hasCuda =
            OnnxTelemetry.SilentEnvironment.GetAvailableProviders().Contains(CudaProvider, StringComparer.Ordinal);
        if (options.Device == ExecutionDevice.Cuda && !hasCuda)
        {
            throw new BackboneException(
                "This build runs on the CPU only: build with -p:Gpu=true for CUDA, or use --device cpu.");
        }

        if (options.Device != ExecutionDevice.Cpu && hasCuda)
        {
            try
            {
                device = ExecutionDevice.Cuda;
                return Create(file, useCuda: true);
            }
            catch (OnnxRuntimeException error) when (options.Device == ExecutionDevice.Auto)
            {
                options.Logger.CudaUnusable(OneLine(error));
            }
            catch (OnnxRuntimeException error)
            {
                throw new BackboneException(
                    $"CUDA cannot be used here: {OneLine(error)} Use --device cpu, or fix the driver.", error);
            }
        }

        device = ExecutionDevice.Cpu;
        try
        {
            return Create(file, useCuda: false);
        }
        catch (OnnxRuntimeException error)
        {
            throw Explain(file, error);
        }
    }

    public static bool IsOutOfMemory(Exception error) =>
        error is OutOfMemoryException
        || (error is OnnxRuntimeException
            && (error.Message.Contains("allocate", StringComparison.OrdinalIgnoreCase)
                || error.Message.Contains("bad_alloc", StringComparison.Ordinal)
                || error.Message.Contains("out of memory", StringComparison.OrdinalIgnoreCase)));

    public static string OneLine(Exception error) => error.Message.ReplaceLineEndings(" ").Trim();

    private static InferenceSession Create(BackboneFile file, bool useCuda)
    {
        using var options = new SessionOptions
        {
            // The next higher level uses tensor layouts with blocks as wide as the processor's vectors and sums the
            // channels block by block, so the last bits differ between processors with and without AVX-512. At this
            // level, sums have the same order on all processors with fused multiply-add.
            GraphOptimizationLevel = useCuda
                ? GraphOptimizationLevel.ORT_ENABLE_ALL
                : GraphOptimizationLevel.ORT_ENABLE_EXTENDED,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL,
            IntraOpNumThreads = 1,
            InterOpNumThreads = 1,
        };
        options.AddSessionConfigEntry("session.use_deterministic_compute", "1");
        if (useCuda)
        {
            options.AppendExecutionProvider_CUDA();
        }

        return new InferenceSession(file.Content.ToArray(), options);
    }

    private static BackboneException Explain(BackboneFile file, OnnxRuntimeException error)
    {
        string message = error.Message;
        if (message.Contains("external", StringComparison.OrdinalIgnoreCase))
        {
            return new BackboneException(
                $"The backbone '{file.Name}' keeps its weights in another file: save the network as one file with the "
                    + "weights inside.",
                error);
        }

        if (message.Contains("Protobuf", StringComparison.OrdinalIgnoreCase)
            || message.Contains("InvalidProtobuf", StringComparison.Ordinal)
            || message.Contains("ModelProto does not have a graph", StringComparison.Ordinal))
        {
            return new BackboneException(
                $"'{file.Name}' is not an ONNX network: give an .onnx file, or import one with 'semidefect backbone "
                    + "import'.",
                error);
        }

        return new BackboneException($"ONNX Runtime cannot use the backbone '{file.Name}': {OneLine(error)}", error);
    }
}
