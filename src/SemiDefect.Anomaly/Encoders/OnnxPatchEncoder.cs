using SemiDefect.Anomaly.Detection;
using SemiDefect.Anomaly.Views;

namespace SemiDefect.Anomaly.Encoders;

/// <summary>
/// A network executed by ONNX Runtime, with the pooling of its feature maps into patch vectors. Thread-safe. Owns the
/// network.
/// </summary>
internal sealed class OnnxPatchEncoder : IPatchEncoder
{
    // The maximum number of input values per batch; the output may be twenty times as large, and an array holds 2^31.
    private const int LargestBatch = 1 << 26;

    private readonly OnnxBackbone _backbone;
    private readonly PatchEmbedder _embedder;

    /// <summary>Takes ownership of a network.</summary>
    /// <param name="file">The file of the network.</param>
    /// <param name="backbone">The network; disposed of with the encoder.</param>
    /// <param name="patches">How the maps are pooled.</param>
    public OnnxPatchEncoder(BackboneFile file, OnnxBackbone backbone, PatchOptions patches)
    {
        ArgumentNullException.ThrowIfNull(file);
        _backbone = backbone ?? throw new ArgumentNullException(nameof(backbone));
        _embedder = new PatchEmbedder(patches);
        Info = new EncoderInfo(file.Name, file.Sha256, file.Input);
    }

    /// <inheritdoc/>
    public EncoderInfo Info { get; }

    /// <summary>The device of an encoder; custom encoders count as the CPU.</summary>
    public static ExecutionDevice DeviceOf(IPatchEncoder encoder) => Under(encoder)?.Device ?? ExecutionDevice.Cpu;

    /// <summary>The network's encoder behind a share or a host of it; null for a custom encoder.</summary>
    public static OnnxPatchEncoder? Under(IPatchEncoder encoder) => encoder switch
    {
        EncoderShare share => Under(share.Encoder),
        HostedEncoder hosted => hosted.Local,
        _ => encoder as OnnxPatchEncoder,
    };

    /// <summary>The outputs in use, in order.</summary>
    public IReadOnlyList<string> Taps => _backbone.Taps;

    /// <summary>The device of the network.</summary>
    public ExecutionDevice Device => _backbone.Device;

    /// <inheritdoc/>
    public PatchGrid Encode(PreparedView view, CancellationToken cancellationToken) =>
        EncodeAll([view], cancellationToken)[0];

    /// <inheritdoc/>
    public IReadOnlyList<PatchGrid> EncodeAll(IReadOnlyList<PreparedView> views, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(views);
        var grids = new PatchGrid[views.Count];
        if (_backbone.RunsBatches)
        {
            EncodeBatches(views, grids, cancellationToken);
        }
        else
        {
            _backbone.ExtractEach(
                [.. views.Select(view => ((ReadOnlyMemory<float>)view.Values, view.Height, view.Width))],
                (i, maps) => grids[i] = Pool(maps, 0, views[i]),
                cancellationToken);
        }

        return grids;
    }

    /// <summary>Disposes of the network.</summary>
    public void Dispose() => _backbone.Dispose();

    // A batch consists of consecutive views of the same size.
    private void EncodeBatches(
        IReadOnlyList<PreparedView> views,
        PatchGrid[] grids,
        CancellationToken cancellationToken)
    {
        for (int start = 0; start < views.Count;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            PreparedView first = views[start];
            int most = Math.Max(1, LargestBatch / first.Values.Length);
            int end = start + 1;
            while (end < views.Count
                && end - start < most
                && (views[end].Height, views[end].Width) == (first.Height, first.Width))
            {
                end++;
            }

            float[] input = new float[(end - start) * first.Values.Length];
            for (int i = start; i < end; i++)
            {
                views[i].Values.CopyTo(input, (i - start) * first.Values.Length);
            }

            IReadOnlyList<FeatureMap> maps = _backbone.Extract(input, end - start, first.Height, first.Width);
            for (int i = start; i < end; i++)
            {
                grids[i] = Pool(maps, i - start, views[i]);
            }

            start = end;
        }
    }

    private PatchGrid Pool(IReadOnlyList<FeatureMap> maps, int image, PreparedView view)
    {
        using System.Diagnostics.Activity? activity = EngineTelemetry.Start(InspectionStage.Patches);
        return _embedder.Embed(maps, image, view.View);
    }
}
