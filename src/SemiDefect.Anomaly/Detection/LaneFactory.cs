using SemiDefect.Anomaly.Banks;
using SemiDefect.Anomaly.Encoders;
using SemiDefect.Anomaly.Serialization;

namespace SemiDefect.Anomaly.Detection;

/// <summary>
/// Opens the encoders of a detector's lanes. Lanes with the same network share its encoder. Stateless.
/// </summary>
internal static class LaneFactory
{
    /// <summary>The lanes of a fit: every network at every scale.</summary>
    /// <returns>The lanes, and the network file of each; null for a custom encoder.</returns>
    public static (IReadOnlyList<Lane> Lanes, IReadOnlyList<BackboneFile?> Files) Open(FitOptions options)
    {
        var lanes = new List<Lane>();
        var files = new List<BackboneFile?>();
        try
        {
            if (options.Encoder is { } given)
            {
                lanes.AddRange(options.Plans(given.Info.Input).Select(plan => new Lane(plan, given)));
                files.AddRange(lanes.Select(_ => (BackboneFile?)null));
                return (lanes, files);
            }

            foreach (BackboneFile file in options.OpenBackbones())
            {
                var local = new OnnxPatchEncoder(file, OnnxBackbone.Load(file, options), options.Patches);
                IPatchEncoder encoder = options.EncoderHost is { } host
                    ? new HostedEncoder(local, host.Host(local, file, local.Taps, options.Patches))
                    : local;
                foreach (Views.ViewPlan plan in options.Plans(file.Input))
                {
                    lanes.Add(new Lane(plan, encoder));
                    files.Add(file);
                }
            }

            return (lanes, files);
        }
        catch
        {
            DisposeOf(lanes);
            throw;
        }
    }

    /// <summary>The lanes of a fitted detector.</summary>
    /// <param name="document">The detector.</param>
    /// <param name="files">The network file of each lane; null for a custom encoder.</param>
    /// <param name="options">The load options.</param>
    public static IReadOnlyList<Lane> Open(
        DetectorDocument document,
        IReadOnlyList<BackboneFile?> files,
        LoadOptions options)
    {
        var lanes = new List<Lane>();
        try
        {
            for (int i = 0; i < document.Lanes.Count; i++)
            {
                LaneRecord record = document.Lanes[i];
                int same = document.Lanes.Take(i).ToList().FindIndex(other =>
                    other.Backbone.Sha256 == record.Backbone.Sha256
                    && other.Backbone.Taps.SequenceEqual(record.Backbone.Taps)
                    && other.Patches == record.Patches);
                IPatchEncoder encoder = same >= 0 ? lanes[same].Encoder
                    : files[i] is { } file ? Load(file, record, options)
                    : options.Encoder!;
                lanes.Add(new Lane(record.Views, encoder)
                {
                    Projection = record.Projection is { } projection ? new PatchProjection(projection) : null,
                    Whitening = record.Whitening is { } whitening ? new PatchWhitening(whitening) : null,
                });
            }

            return lanes;
        }
        catch
        {
            DisposeOf(lanes);
            throw;
        }
    }

    /// <summary>Frees the encoders, projections and whitenings.</summary>
    public static void DisposeOf(IReadOnlyList<Lane> lanes)
    {
        foreach (Lane lane in lanes)
        {
            lane.Projection?.Dispose();
            lane.Whitening?.Dispose();
        }

        foreach (IPatchEncoder encoder in lanes.Select(lane => lane.Encoder).Distinct())
        {
            encoder.Dispose();
        }
    }

    private static OnnxPatchEncoder Load(BackboneFile file, LaneRecord record, LoadOptions options) => new(
        file,
        OnnxBackbone.Load(file, new OnnxBackboneOptions
        {
            Taps = record.Backbone.Taps,
            Device = options.Device,
            Threads = options.Threads,
            Logger = options.Logger,
        }),
        record.Patches);
}
