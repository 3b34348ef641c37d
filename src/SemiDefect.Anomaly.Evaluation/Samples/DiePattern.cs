using SemiDefect.Anomaly.Imaging.Codecs;

namespace SemiDefect.Anomaly.Evaluation.Samples;

/// <summary>The drawing of a die that all its images share. Immutable, and so thread-safe.</summary>
/// <param name="Name">The name of its folder.</param>
/// <param name="IsColor">Whether the camera sees colors.</param>
/// <param name="Background">What lies around the die.</param>
/// <param name="Elements">What is drawn, from the bottom up.</param>
/// <param name="Traces">Which elements are conductors, that is a <see cref="Polyline"/> in a single material.</param>
/// <param name="Pads">The centers of the bond pads.</param>
/// <param name="PadMark">What the probe's needle leaves on a pad.</param>
internal sealed record DiePattern(
    string Name,
    bool IsColor,
    Material Background,
    IReadOnlyList<Element> Elements,
    IReadOnlyList<int> Traces,
    IReadOnlyList<(double X, double Y)> Pads,
    Material PadMark)
{
    /// <summary>The width and height of an image, in pixels; also the size of the die coordinates.</summary>
    public const int Size = 256;
}
