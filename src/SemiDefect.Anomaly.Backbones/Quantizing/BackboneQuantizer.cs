using SemiDefect.Anomaly.Backbones.Importing;
using SemiDefect.Anomaly.Backbones.Onnx;
using SemiDefect.Anomaly.Detection;
using SemiDefect.Anomaly.Encoders;
using SemiDefect.Anomaly.Sources;
using SemiDefect.Anomaly.Views;

namespace SemiDefect.Anomaly.Backbones.Quantizing;

/// <summary>
/// Quantizes a float32 backbone to 8 bits, which makes it faster and slightly less accurate. The range of each inner
/// tensor is measured on good images. Weights are quantized per channel (Jacob et al. 2018, "Quantization and Training
/// of Neural Networks for Efficient Integer-Arithmetic-Only Inference"). Stateless.
/// </summary>
public static class BackboneQuantizer
{
    /// <summary>Default number of images for measuring ranges.</summary>
    public const int DefaultImages = 32;

    /// <summary>Writes NAME.onnx and NAME.json.</summary>
    /// <param name="images">Good images; the ones used are spread evenly over them.</param>
    /// <param name="options">
    /// Network, taps, preprocessing, threads and limits on images; other options are ignored.
    /// </param>
    /// <param name="outputPath">The .onnx file to write.</param>
    /// <param name="count">The maximum number of images to use.</param>
    /// <param name="progress">
    /// Called twice per image: for its ranges, and for the error of its features. Called from several threads, one at a
    /// time.
    /// </param>
    /// <param name="cancellationToken">Stops between images.</param>
    /// <returns>
    /// The manifest as written; <see cref="BackboneManifest.Quantization"/> holds the error of the features.
    /// </returns>
    /// <exception cref="BackboneException">The network cannot be read or run, or has nothing to quantize.</exception>
    /// <exception cref="SemiDefectException">An image cannot be read, or a file cannot be written.</exception>
    /// <exception cref="OperationCanceledException">The operation was canceled; nothing was written.</exception>
    public static BackboneManifest Quantize(
        ImageFolder images,
        FitOptions options,
        string outputPath,
        int count = DefaultImages,
        IProgress<FitProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentException.ThrowIfNullOrEmpty(outputPath);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        options.Validate();
        BackboneFile whole = options.OpenBackbones()[0];
        using OnnxBackbone original = OnnxBackbone.Load(whole, options with { Device = ExecutionDevice.Cpu });
        byte[] network = Bytes(OnnxCutter.Cut(whole.Content, original.Taps, out IReadOnlyList<string> taps));
        OnnxModel model = OnnxModel.Read(network);
        var plan = new QuantizationPlan(model);
        if (plan.Results.Count == 0)
        {
            throw new BackboneException(
                $"The backbone '{whole.Name}' has no convolution that can be quantized: after the first, none has "
                    + "constant float32 weights.");
        }

        count = Math.Min(count, images.Items.Count);
        (IImageSource source, _) = GoodImages.Survey(images, options, cancellationToken);
        PreprocessingOptions preprocessing = options.Plans(whole.Input).First().Preprocessing;
        PreparedView Prepare(int i) =>
            PreparedView.Of(
                source.Read((int)((long)i * source.Count / count), cancellationToken),
                preprocessing);
        var parallel = new ParallelOptions
        {
            MaxDegreeOfParallelism = options.Threads > 0 ? options.Threads : Environment.ProcessorCount,
            CancellationToken = cancellationToken,
        };
        int done = 0;
        var telling = new Lock();
        void Tell()
        {
            lock (telling)
            {
                progress?.Report(new FitProgress(FitStage.Features, ++done, 2 * count));
            }
        }

        Dictionary<string, ValueRange> ranges = Measure(network, plan, count, Prepare, parallel, Tell);
        byte[] quantized = Bytes(QuantizedGraphWriter.Write(model, plan, ranges));
        double[] errors = Compare(original, quantized, taps, count, Prepare, parallel, Tell);
        using OnnxBackbone probe = Load(quantized, taps);
        var manifest = new BackboneManifest
        {
            Name = Path.GetFileNameWithoutExtension(outputPath),
            License = whole.Manifest?.License ?? "unknown",
            Origin = $"{whole.Manifest?.Origin ?? whole.Name}; computes with 8-bit numbers",
            Notice = whole.Manifest?.Notice,
            Sha256 = string.Empty,
            Input = whole.Input,
            Taps = BackboneProbe.Taps(probe, BackboneProbe.Run(probe, 1)),
            DefaultTaps = taps,
            MultiplyAdds224 = whole.Manifest?.MultiplyAdds224 ?? 0,
            Quantization = new BackboneQuantization(count, errors),
        };
        return BackboneWriter.Write(
            outputPath, stream => stream.Write(quantized), sha256 => manifest with { Sha256 = sha256 });
    }

    private static Dictionary<string, ValueRange> Measure(
        byte[] network,
        QuantizationPlan plan,
        int count,
        Func<int, PreparedView> prepare,
        ParallelOptions parallel,
        Action tell)
    {
        using OnnxBackbone observed =
            Load(Bytes(OnnxCutter.Cut(network, plan.Measured, out IReadOnlyList<string> tensors)), tensors);
        var ranges = plan.Measured.ToDictionary(tensor => tensor, _ => default(ValueRange), StringComparer.Ordinal);
        Run(parallel, count, i =>
        {
            PreparedView image = prepare(i);
            foreach (FeatureMap map in observed.Extract(image.Values, 1, image.Height, image.Width))
            {
                ValueRange range = ValueRange.Of(map.Values);
                if (!float.IsFinite(range.Highest - range.Lowest))
                {
                    throw new BackboneException(
                        $"The tensor '{map.Tap}' takes values that 8-bit numbers cannot represent.");
                }

                lock (ranges)
                {
                    ranges[map.Tap] = ranges[map.Tap].Union(range);
                }
            }

            tell();
        });
        return ranges;
    }

    /// <summary>For each tap, |q - f| / |f|, with the norms taken over all values of all images.</summary>
    private static double[] Compare(
        OnnxBackbone original,
        byte[] quantized,
        IReadOnlyList<string> taps,
        int count,
        Func<int, PreparedView> prepare,
        ParallelOptions parallel,
        Action tell)
    {
        using OnnxBackbone rounded = Load(quantized, taps);
        var off = new double[count, taps.Count];
        var all = new double[count, taps.Count];
        Run(parallel, count, i =>
        {
            PreparedView image = prepare(i);
            IReadOnlyList<FeatureMap> expected = original.Extract(image.Values, 1, image.Height, image.Width);
            IReadOnlyList<FeatureMap> made = rounded.Extract(image.Values, 1, image.Height, image.Width);
            for (int tap = 0; tap < taps.Count; tap++)
            {
                for (int j = 0; j < expected[tap].Values.Length; j++)
                {
                    double value = expected[tap].Values[j];
                    double difference = made[tap].Values[j] - value;
                    off[i, tap] += difference * difference;
                    all[i, tap] += value * value;
                }
            }

            tell();
        });
        return [
            .. Enumerable.Range(0, taps.Count)
                .Select(tap => Math.Sqrt(Sum(off, tap) / Math.Max(Sum(all, tap), double.Epsilon)))
        ];
    }

    private static double Sum(double[,] values, int column)
    {
        double sum = 0;
        for (int i = 0; i < values.GetLength(0); i++)
        {
            sum += values[i, column];
        }

        return sum;
    }

    private static void Run(ParallelOptions parallel, int count, Action<int> body)
    {
        try
        {
            Parallel.For(0, count, parallel, body);
        }
        catch (AggregateException errors)
        {
            throw errors.InnerExceptions[0] is SemiDefectException error ? error : errors;
        }
    }

    private static OnnxBackbone Load(byte[] network, IReadOnlyList<string> taps) =>
        OnnxBackbone.Load(
            BackboneFile.FromBytes("the network with 8-bit numbers", network, null),
            new OnnxBackboneOptions { Taps = taps, Device = ExecutionDevice.Cpu, Threads = 1 });

    private static byte[] Bytes(ProtoWriter message)
    {
        using var stream = new MemoryStream();
        message.WriteTo(stream);
        return stream.ToArray();
    }
}
