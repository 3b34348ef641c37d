namespace SemiDefect.Anomaly.Evaluation.Samples;

/// <summary>The layout of a die that all its images share. Immutable and thread-safe.</summary>
/// <param name="Name">The name of its folder.</param>
/// <param name="IsColor">Whether the camera records colors.</param>
/// <param name="Background">The material around the die.</param>
/// <param name="Elements">The elements, bottom to top.</param>
/// <param name="Traces">The indices of the conductors, each a <see cref="Polyline"/> in a single material.</param>
/// <param name="Pads">The centers of the bond pads.</param>
/// <param name="PadMark">The material of a probe mark on a pad.</param>
internal sealed record DiePattern(
    string Name,
    bool IsColor,
    Material Background,
    IReadOnlyList<Element> Elements,
    IReadOnlyList<int> Traces,
    IReadOnlyList<(double X, double Y)> Pads,
    Material PadMark)
{
    /// <summary>The width and height of an image in pixels, and the size of the die coordinates.</summary>
    public const int Size = 256;
}
