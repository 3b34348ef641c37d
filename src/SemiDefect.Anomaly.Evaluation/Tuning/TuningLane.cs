using SemiDefect.Anomaly.Encoders;

namespace SemiDefect.Anomaly.Evaluation.Tuning;

/// <summary>A network at a working size. Immutable and thread-safe.</summary>
/// <param name="Network">The network.</param>
/// <param name="Scale">The working size.</param>
internal sealed record TuningLane(BackboneFile Network, int Scale)
{
    /// <summary>The options to fit it alone.</summary>
    public FitOptions ToOptions(FitOptions options) =>
        options with { Backbones = [Network], Scales = [], ResizeSize = Scale };

    /// <summary>What an inspection costs; null where the network does not tell.</summary>
    public InspectionCost? Cost(FitOptions options, int width, int height, int images) =>
        InspectionCost.Of(ToOptions(options), Network, width, height, images);

    /// <summary>The same network at the same size.</summary>
    public bool IsOf(BackboneFile network, int scale) => Network.Sha256 == network.Sha256 && Scale == scale;
}
