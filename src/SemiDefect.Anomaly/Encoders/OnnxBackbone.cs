using System.Runtime.ExceptionServices;
using Microsoft.Extensions.Logging;
using Microsoft.ML.OnnxRuntime;
using SemiDefect.Anomaly.Detection;

namespace SemiDefect.Anomaly.Encoders;

/// <summary>
/// A network executed by ONNX Runtime. It must have one float32 image input [n, 3, h, w], each of n, h, w fixed or
/// dynamic, and outputs of rank 4. Thread-safe. On the CPU, each image is a separate run, and as many run in parallel
/// as there are threads. A run has one thread, because several change the last bits of some operators, and features
/// must not depend on threads or batches; an image alone has several where they are seen to give the same bits (<see
/// cref="WideSessions"/>). CUDA runs whole batches. If memory runs out, the batch size is halved, and stays reduced.
/// </summary>
public sealed class OnnxBackbone : IDisposable
{
    private readonly InferenceSession _session;
    private readonly RunOptions _runOptions = new();
    private readonly string _name;
    private readonly string _inputName;
    private readonly string[] _taps;
    private readonly int? _fixedBatch;
    private readonly ILogger _logger;
    private readonly WideSessions? _wide;
    private volatile int _imagesAtOnce;
    private bool _shrunk;

    private OnnxBackbone(
        InferenceSession session,
        BackboneFile file,
        OnnxBackboneOptions options,
        ExecutionDevice device)
    {
        _session = session;
        _name = file.Name;
        _logger = options.Logger;
        _imagesAtOnce = device == ExecutionDevice.Cuda ? int.MaxValue
            : options.Threads > 0 ? options.Threads
            : Environment.ProcessorCount;
        Device = device;
        _inputName = OnnxSignature.FindImageInput(session, file, out _fixedBatch, out int? height, out int? width);
        FixedHeight = height;
        FixedWidth = width;
        _taps = OnnxSignature.ChooseTaps(session, file, options.Taps);
        if (device == ExecutionDevice.Cpu && _fixedBatch is null or 1)
        {
            _wide = WideSessions.For(
                file,
                _imagesAtOnce,
                (wide, values, height, width) => RunBatch(wide ?? session, values, 1, height, width));
        }
    }

    /// <summary>The version of ONNX Runtime.</summary>
    public static string RuntimeVersion => OnnxTelemetry.SilentEnvironment.GetVersionString();

    /// <summary>ONNX Runtime's execution providers in this build; the devices may still be missing.</summary>
    public static IReadOnlyList<string> RuntimeProviders => OnnxTelemetry.SilentEnvironment.GetAvailableProviders();

    /// <summary>The outputs, in the order of the results of <see cref="Extract"/>.</summary>
    public IReadOnlyList<string> Taps => _taps;

    /// <summary>The fixed input height, or null for any.</summary>
    public int? FixedHeight { get; }

    /// <summary>The fixed input width, or null for any.</summary>
    public int? FixedWidth { get; }

    /// <summary>
    /// The device in use: <see cref="ExecutionDevice.Cpu"/> or <see cref="ExecutionDevice.Cuda"/>.
    /// </summary>
    public ExecutionDevice Device { get; }

    /// <summary>
    /// Whether several images share a run: on CUDA, and with networks of a fixed batch size.
    /// </summary>
    internal bool RunsBatches => Device == ExecutionDevice.Cuda || _fixedBatch > 1;

    /// <summary>Creates a session and checks that the network is suitable.</summary>
    /// <exception cref="BackboneException">It is not; the message says why and what to do.</exception>
    public static OnnxBackbone Load(BackboneFile file, OnnxBackboneOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(file);
        options ??= new OnnxBackboneOptions();
        InferenceSession session = OnnxSessionFactory.Create(file, options, out ExecutionDevice device);
        try
        {
            return new OnnxBackbone(session, file, options, device);
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <summary>The network with the taps of a fit: requested, else preferred if it has them, else its own.</summary>
    /// <exception cref="BackboneException">It is not suitable; the message says why and what to do.</exception>
    public static OnnxBackbone Load(BackboneFile file, FitOptions options)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(options);
        var own = new OnnxBackboneOptions
        {
            Taps = options.Taps,
            Device = options.Device,
            Threads = options.Threads,
            Logger = options.Logger,
        };
        if (options.Taps.Count == 0 && options.PreferredTaps.Count > 0)
        {
            try
            {
                return Load(file, own with { Taps = options.PreferredTaps });
            }
            catch (BackboneException)
            {
                options.Logger.PreferredTapsMissing(
                    file.Name, options.Preset, string.Join(", ", options.PreferredTaps));
            }
        }

        return Load(file, own);
    }

    /// <summary>Runs the network.</summary>
    /// <param name="input">images x 3 x height x width, normalized.</param>
    /// <param name="images">The number of images.</param>
    /// <param name="height">Rows of each image.</param>
    /// <param name="width">Columns of each image.</param>
    /// <returns>One map per tap, each for all images.</returns>
    /// <exception cref="BackboneException">The network does not accept this size, or fails.</exception>
    public IReadOnlyList<FeatureMap> Extract(ReadOnlyMemory<float> input, int images, int height, int width)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(images, 1);
        int imageLength = checked(3 * height * width);
        if (input.Length != (long)images * imageLength)
        {
            throw new ArgumentException(
                $"{images} images of {width} x {height} need {(long)images * imageLength} values, got {input.Length}.",
                nameof(input));
        }

        RequireSize(height, width);
        return WithinMemory(images, atOnce => Device == ExecutionDevice.Cuda
            ? RunInTurn(input, images, height, width, _fixedBatch ?? Math.Min(atOnce, images))
            : RunSideBySide(input, images, height, width, atOnce));
    }

    /// <summary>
    /// Runs images in parallel, each as a separate run, and passes on the maps of each from the thread that computed
    /// them. An image alone may use all threads.
    /// </summary>
    /// <param name="inputs">For each image, its values (3 x height x width, normalized), height and width.</param>
    /// <param name="handOn">Receives the index of an image and its maps, one per tap.</param>
    /// <param name="cancellationToken">Stops between images.</param>
    /// <exception cref="BackboneException">The network does not accept a size, or fails.</exception>
    internal void ExtractEach(
        IReadOnlyList<(ReadOnlyMemory<float> Values, int Height, int Width)> inputs,
        Action<int, IReadOnlyList<FeatureMap>> handOn,
        CancellationToken cancellationToken)
    {
        foreach ((_, int height, int width) in inputs)
        {
            RequireSize(height, width);
        }

        InferenceSession? alone = inputs.Count == 1 ? _wide?.Of(inputs[0].Height, inputs[0].Width) : null;
        _ = WithinMemory(inputs.Count, atOnce =>
        {
            void Run(int i) => handOn(
                i, RunBatch(alone ?? _session, inputs[i].Values, 1, inputs[i].Height, inputs[i].Width));
            SideBySide(inputs.Count, atOnce, Run, cancellationToken);
            return true;
        });
    }

    /// <summary>Closes the session.</summary>
    public void Dispose()
    {
        _wide?.Dispose();
        _session.Dispose();
        _runOptions.Dispose();
    }

    private FeatureMap[] RunInTurn(ReadOnlyMemory<float> input, int images, int height, int width, int batch)
    {
        var parts = new List<FeatureMap[]>();
        for (int done = 0; done < images; done += batch)
        {
            int count = Math.Min(batch, images - done);
            parts.Add(RunBatch(_session, Slice(input, images, done, count), count, height, width));
        }

        return Join(parts, images);
    }

    private FeatureMap[] RunSideBySide(ReadOnlyMemory<float> input, int images, int height, int width, int atOnce)
    {
        int batch = _fixedBatch ?? 1;
        var parts = new FeatureMap[(images + batch - 1) / batch][];
        void Run(int part)
        {
            int count = Math.Min(batch, images - part * batch);
            parts[part] = RunBatch(_session, Slice(input, images, part * batch, count), count, height, width);
        }

        SideBySide(parts.Length, atOnce, Run, CancellationToken.None);
        return Join(parts, images);
    }

    private static void SideBySide(int count, int atOnce, Action<int> run, CancellationToken cancellationToken)
    {
        var options = new ParallelOptions { MaxDegreeOfParallelism = atOnce, CancellationToken = cancellationToken };
        try
        {
            Parallel.For(0, count, options, run);
        }
        catch (AggregateException errors)
        {
            // The first error by index, not by time, so that the message does not depend on the threads.
            ExceptionDispatchInfo.Throw(
                errors.InnerExceptions.FirstOrDefault(OnnxSessionFactory.IsOutOfMemory) ?? errors.InnerExceptions[0]);
        }
    }

    private T WithinMemory<T>(int images, Func<int, T> run)
    {
        while (true)
        {
            int atOnce = _imagesAtOnce;
            try
            {
                return run(atOnce);
            }
            catch (Exception error) when (OnnxSessionFactory.IsOutOfMemory(error))
            {
                Shrink(Math.Min(atOnce, images), error);
            }
        }
    }

    private void RequireSize(int height, int width)
    {
        if ((FixedHeight ?? height) != height || (FixedWidth ?? width) != width)
        {
            throw new BackboneException(
                $"The backbone '{_name}' takes {FixedWidth ?? width} x {FixedHeight ?? height} input only, "
                + $"not {width} x {height}: set the resize and crop options to that size.");
        }
    }

    private static ReadOnlyMemory<float> Slice(ReadOnlyMemory<float> input, int images, int start, int count)
    {
        int imageLength = input.Length / images;
        return input.Slice(start * imageLength, count * imageLength);
    }

    private FeatureMap[] RunBatch(
        InferenceSession session, ReadOnlyMemory<float> input, int count, int height, int width)
    {
        int batch = _fixedBatch ?? count;
        float[] values = new float[(long)batch * 3 * height * width];
        input.Span.CopyTo(values);
        using OrtValue tensor = OrtValue.CreateTensorValueFromMemory(values, [batch, 3, height, width]);
        IDisposableReadOnlyCollection<OrtValue> outputs;
        using System.Diagnostics.Activity? activity = EngineTelemetry.Start(InspectionStage.Network);
        try
        {
            outputs = session.Run(_runOptions, [_inputName], [tensor], _taps);
        }
        catch (OnnxRuntimeException error) when (!OnnxSessionFactory.IsOutOfMemory(error))
        {
            throw new BackboneException(
                $"The backbone '{_name}' failed on a {width} x {height} input: {OnnxSessionFactory.OneLine(error)}",
                error);
        }

        using (outputs)
        {
            return [.. outputs.Select((output, i) => ToFeatureMap(_taps[i], output, count))];
        }
    }

    private FeatureMap ToFeatureMap(string tap, OrtValue output, int count)
    {
        long[] shape = output.GetTensorTypeAndShape().Shape;
        if (shape.Length != 4 || shape[0] < count || shape.Any(size => size < 1))
        {
            throw new BackboneException(
                $"The tap '{tap}' of '{_name}' gave [{string.Join(", ", shape)}]; a feature map [n, channels, height, "
                    + "width] is needed. Use larger images or another tap.");
        }

        int length = checked((int)(count * shape[1] * shape[2] * shape[3]));
        float[] values = output.GetTensorDataAsSpan<float>()[..length].ToArray();
        return new FeatureMap(tap, count, (int)shape[1], (int)shape[2], (int)shape[3], values);
    }

    private void Shrink(int count, Exception error)
    {
        if (count == 1)
        {
            throw new BackboneException(
                $"There is not enough memory to run the backbone '{_name}' on one image: free some, or use smaller "
                    + "images or a smaller network.",
                error);
        }

        _imagesAtOnce = count / 2;
        if (!Interlocked.Exchange(ref _shrunk, true))
        {
            _logger.BatchShrunk(count);
        }
    }

    private static FeatureMap[] Join(IReadOnlyList<FeatureMap[]> parts, int images) =>
        parts.Count == 1 ? parts[0] : [.. parts[0].Select((first, tap) => new FeatureMap(
            first.Tap,
            images,
            first.Channels,
            first.Height,
            first.Width,
            [.. parts.SelectMany(part => part[tap].Values)]))];
}

/// <summary>
/// The output of one tap for a batch of images: float32 in the order image, channel, y, x. Treat as immutable; then
/// thread-safe.
/// </summary>
public sealed class FeatureMap
{
    /// <summary>Takes ownership of <paramref name="values"/>.</summary>
    /// <exception cref="ArgumentException">The length is not images x channels x height x width.</exception>
    public FeatureMap(string tap, int images, int channels, int height, int width, float[] values)
    {
        ArgumentNullException.ThrowIfNull(values);
        if (values.LongLength != (long)images * channels * height * width)
        {
            throw new ArgumentException(
                $"[{images}, {channels}, {height}, {width}] needs {(long)images * channels * height * width} values, "
                    + $"got {values.LongLength}.",
                nameof(values));
        }

        Tap = tap;
        Images = images;
        Channels = channels;
        Height = height;
        Width = width;
        Values = values;
    }

    /// <summary>The name of the network output.</summary>
    public string Tap { get; }

    /// <summary>The number of images in the batch.</summary>
    public int Images { get; }

    /// <summary>The number of channels.</summary>
    public int Channels { get; }

    /// <summary>The number of rows of the grid.</summary>
    public int Height { get; }

    /// <summary>The number of columns of the grid.</summary>
    public int Width { get; }

    /// <summary>The values, [image][channel][y][x].</summary>
    public float[] Values { get; }
}
