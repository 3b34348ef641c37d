using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
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
                "This build runs on the CPU only: for CUDA, build with -p:Gpu=true, or reference "
                    + "Microsoft.ML.OnnxRuntime.Gpu in place of Microsoft.ML.OnnxRuntime; or use --device cpu.");
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

    /// <summary>A session whose runs use several threads each, on the CPU.</summary>
    /// <exception cref="OnnxRuntimeException">There is not enough memory, for example.</exception>
    public static InferenceSession CreateOnThreads(BackboneFile file, int threads) => Create(file, false, threads);

    public static bool IsOutOfMemory(Exception error) =>
        error is OutOfMemoryException
        || (error is OnnxRuntimeException
            && (error.Message.Contains("allocate", StringComparison.OrdinalIgnoreCase)
                || error.Message.Contains("bad_alloc", StringComparison.Ordinal)
                || error.Message.Contains("out of memory", StringComparison.OrdinalIgnoreCase)));

    public static string OneLine(Exception error) => error.Message.ReplaceLineEndings(" ").Trim();

    private static InferenceSession Create(BackboneFile file, bool useCuda, int threads = 1)
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
            IntraOpNumThreads = threads,
            InterOpNumThreads = 1,
        };
        options.AddSessionConfigEntry("session.use_deterministic_compute", "1");

        // Waiting threads leave the cores to the other stages of an inspection.
        options.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
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

/// <summary>Checks that a network has suitable inputs and outputs.</summary>
internal static class OnnxSignature
{
    public static string FindImageInput(
        InferenceSession session,
        BackboneFile file,
        out int? batch,
        out int? height,
        out int? width)
    {
        IReadOnlyDictionary<string, NodeMetadata> inputs = session.InputMetadata;
        if (inputs.Count != 1)
        {
            throw new BackboneException(
                $"The backbone '{file.Name}' has {inputs.Count} inputs "
                    + $"({string.Join(", ", inputs.Keys.Order(StringComparer.Ordinal))}); a network with one image "
                    + "input is needed.");
        }

        (string name, NodeMetadata input) = inputs.First();
        int[] shape = input.IsTensor ? input.Dimensions : [];
        if (input.ElementDataType != TensorElementType.Float || shape.Length != 4)
        {
            throw new BackboneException(
                $"The input '{name}' of '{file.Name}' is {Describe(input)}; float32 [n, 3, height, width] is needed.");
        }

        if (shape[1] > 0 && shape[1] != 3)
        {
            string hint = shape[3] == 3 ? " It looks like channels-last: export it as channels-first." : string.Empty;
            throw new BackboneException(
                $"The input '{name}' of '{file.Name}' takes {shape[1]} channels; 3 (red, green, blue) are "
                    + $"needed.{hint}");
        }

        if (file.Manifest?.Input.Name is { } expected && !string.Equals(expected, name, StringComparison.Ordinal))
        {
            throw new BackboneException(
                $"The manifest of '{file.Name}' names the input '{expected}', but the network calls it '{name}'.");
        }

        batch = shape[0] > 0 ? shape[0] : null;
        height = shape[2] > 0 ? shape[2] : null;
        width = shape[3] > 0 ? shape[3] : null;
        return name;
    }

    public static string[] ChooseTaps(InferenceSession session, BackboneFile file, IReadOnlyList<string> requested)
    {
        string[] taps = requested.Count > 0 ? [.. requested] : [.. file.Manifest?.DefaultTaps ?? session.OutputNames];
        string outputs = string.Join(", ", session.OutputNames);
        foreach (string tap in taps)
        {
            if (!session.OutputMetadata.TryGetValue(tap, out NodeMetadata? output))
            {
                throw new BackboneException($"The backbone '{file.Name}' has no tap '{tap}': it has {outputs}.");
            }

            if (output.ElementDataType != TensorElementType.Float || output.Dimensions.Length != 4)
            {
                throw new BackboneException(
                    $"The tap '{tap}' of '{file.Name}' is {Describe(output)}; a float32 feature map [n, channels, "
                        + $"height, width] is needed. The outputs are {outputs}.");
            }
        }

        if (taps.Length == 0 || taps.Distinct(StringComparer.Ordinal).Count() != taps.Length)
        {
            throw new BackboneException($"Name each tap of '{file.Name}' once, at least one: it has {outputs}.");
        }

        return taps;
    }

    private static string Describe(NodeMetadata node) =>
        node.IsTensor
            ? $"{node.ElementDataType} "
                + $"[{string.Join(", ", node.Dimensions.Select(size => size > 0 ? $"{size}" : "any"))}]"
            : "no tensor";
}
