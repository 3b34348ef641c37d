using SemiDefect.Anomaly.Encoders;

namespace SemiDefect.Anomaly.Evaluation.Tuning;

/// <summary>A network at a working size. Immutable and thread-safe.</summary>
/// <param name="Network">The network.</param>
/// <param name="Scale">The working size.</param>
internal sealed record TuningLane(BackboneFile Network, int Scale)
{
    private const long PixelsOfManifest = 224 * 224;

    /// <summary>The options to fit it alone.</summary>
    public FitOptions ToOptions(FitOptions options) =>
        options with { Backbones = [Network], Scales = [], ResizeSize = Scale };

    /// <summary>The multiply-adds to inspect a picture; 0 where the network does not tell.</summary>
    public long MultiplyAdds(FitOptions options, int width, int height)
    {
        long pixels = ToOptions(options).Plans(Network.Input).Sum(plan =>
            plan.ToInspect(width, height).Sum(view => (long)view.Width * view.Height));
        return (long)((Network.Manifest?.MultiplyAdds224 ?? 0) / (double)PixelsOfManifest * pixels);
    }

    /// <summary>The same network at the same size.</summary>
    public bool IsOf(BackboneFile network, int scale) => Network.Sha256 == network.Sha256 && Scale == scale;
}
