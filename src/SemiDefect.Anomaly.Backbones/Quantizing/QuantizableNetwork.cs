using SemiDefect.Anomaly.Backbones.Importing;
using SemiDefect.Anomaly.Backbones.Onnx;
using SemiDefect.Anomaly.Encoders;
using SemiDefect.Anomaly.Views;

namespace SemiDefect.Anomaly.Backbones.Quantizing;

/// <summary>
/// A float32 network cut after its taps, with the convolutions that 8-bit numbers can compute. Thread-safe. Owns the
/// session of the float32 network.
/// </summary>
internal sealed class QuantizableNetwork : IDisposable
{
    private readonly BackboneFile _whole;
    private readonly OnnxBackbone _original;
    private readonly int _threads;
    private readonly byte[] _network;
    private readonly IReadOnlyList<string> _taps;
    private readonly OnnxModel _model;
    private readonly QuantizationPlan _plan;

    /// <summary>Opens a network.</summary>
    /// <param name="whole">The network.</param>
    /// <param name="options">Taps and threads.</param>
    /// <exception cref="BackboneException">It cannot be read or run, or has nothing to quantize.</exception>
    public QuantizableNetwork(BackboneFile whole, FitOptions options)
    {
        _whole = whole;
        _threads = options.Threads > 0 ? options.Threads : Environment.ProcessorCount;
        _original = OnnxBackbone.Load(whole, options with { Device = ExecutionDevice.Cpu });
        try
        {
            _network = Bytes(OnnxCutter.Cut(whole.Content, _original.Taps, out _taps));
            _model = OnnxModel.Read(_network);
            _plan = new QuantizationPlan(_model);
            if (_plan.Results.Count == 0)
            {
                throw new BackboneException(
                    $"The backbone '{whole.Name}' has no convolution that can be quantized: after the first, none has "
                        + "constant float32 weights.");
            }
        }
        catch
        {
            _original.Dispose();
            throw;
        }
    }

    /// <summary>Frees the float32 network.</summary>
    public void Dispose() => _original.Dispose();

    /// <summary>Quantizes the network by the ranges of its inner tensors.</summary>
    /// <param name="name">The name of the result.</param>
    /// <param name="count">The number of images, and of views of them to measure.</param>
    /// <param name="prepare">Returns a view, from any thread.</param>
    /// <param name="progress">Called twice per view, one at a time.</param>
    /// <param name="cancellationToken">Stops between views.</param>
    /// <returns>The network, and its manifest without a hash.</returns>
    public (byte[] Content, BackboneManifest Manifest) Quantize(
        string name,
        (int Images, int Views) count,
        Func<int, PreparedView> prepare,
        IProgress<FitProgress>? progress,
        CancellationToken cancellationToken)
    {
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = _threads, CancellationToken = cancellationToken };
        int done = 0;
        var telling = new Lock();
        void Tell()
        {
            lock (telling)
            {
                progress?.Report(new FitProgress(FitStage.Features, ++done, 2 * count.Views));
            }
        }

        Dictionary<string, ValueRange> ranges = Measure(count.Views, prepare, parallel, Tell);
        byte[] quantized = Bytes(QuantizedGraphWriter.Write(_model, _plan, ranges));
        double[] errors = Compare(quantized, count.Views, prepare, parallel, Tell);
        using OnnxBackbone probe = Load(quantized, _taps);
        var manifest = new BackboneManifest
        {
            Name = name,
            License = _whole.Manifest?.License ?? "unknown",
            Origin = $"{_whole.Manifest?.Origin ?? _whole.Name}; computes with 8-bit numbers",
            Notice = _whole.Manifest?.Notice,
            Sha256 = string.Empty,
            Input = _whole.Input,
            Taps = BackboneProbe.Taps(probe, BackboneProbe.Run(probe, 1)),
            DefaultTaps = _taps,
            MultiplyAdds224 = _whole.Manifest?.MultiplyAdds224 ?? 0,
            Quantization = new BackboneQuantization(count.Images, errors),
        };
        return (quantized, manifest);
    }

    private Dictionary<string, ValueRange> Measure(
        int count,
        Func<int, PreparedView> prepare,
        ParallelOptions parallel,
        Action tell)
    {
        using OnnxBackbone observed =
            Load(Bytes(OnnxCutter.Cut(_network, _plan.Measured, out IReadOnlyList<string> tensors)), tensors);
        var ranges = _plan.Measured.ToDictionary(tensor => tensor, _ => default(ValueRange), StringComparer.Ordinal);
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
    private double[] Compare(
        byte[] quantized,
        int count,
        Func<int, PreparedView> prepare,
        ParallelOptions parallel,
        Action tell)
    {
        using OnnxBackbone rounded = Load(quantized, _taps);
        var off = new double[count, _taps.Count];
        var all = new double[count, _taps.Count];
        Run(parallel, count, i =>
        {
            PreparedView image = prepare(i);
            IReadOnlyList<FeatureMap> expected = _original.Extract(image.Values, 1, image.Height, image.Width);
            IReadOnlyList<FeatureMap> made = rounded.Extract(image.Values, 1, image.Height, image.Width);
            for (int tap = 0; tap < _taps.Count; tap++)
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
            .. Enumerable.Range(0, _taps.Count)
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
