using SemiDefect.Anomaly.Banks;
using SemiDefect.Anomaly.Encoders;
using SemiDefect.Anomaly.Views;

namespace SemiDefect.Anomaly.Detection;

/// <summary>A view plan with an encoder, computed once for all branches on it. Owns the encoder. Thread-safe.</summary>
/// <param name="Plan">The views of an image.</param>
/// <param name="Encoder">Turns views into patches.</param>
internal sealed record Lane(ViewPlan Plan, IPatchEncoder Encoder)
{
    /// <summary>Weighs the deviations of its patches, for all branches; null for none. Owned.</summary>
    public PatchWhitening? Whitening { get; init; }
}
