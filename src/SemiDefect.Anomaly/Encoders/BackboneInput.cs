namespace SemiDefect.Anomaly.Encoders;

/// <summary>
/// The input normalization of a network: RGB scaled to 0..1, minus <paramref name="Mean"/>, divided by
/// <paramref name="Std"/>.
/// </summary>
/// <param name="Name">The name of the ONNX input, or null for the only one.</param>
/// <param name="Mean">Three values, R, G, B.</param>
/// <param name="Std">Three values, R, G, B.</param>
public sealed record BackboneInput(string? Name, IReadOnlyList<float> Mean, IReadOnlyList<float> Std)
{
    /// <summary>The normalization of torchvision's ImageNet networks, the default without a manifest.</summary>
    public static BackboneInput ImageNet { get; } = new(null, [0.485f, 0.456f, 0.406f], [0.229f, 0.224f, 0.225f]);
}
