namespace SemiDefect.Anomaly.Evaluation.Samples;

/// <summary>One element of a die, painted over the earlier ones. Immutable and thread-safe.</summary>
/// <param name="Shape">Its shape.</param>
/// <param name="Paint">Its material at a point in die coordinates.</param>
/// <param name="Opacity">Its opacity, 0 to 1.</param>
/// <param name="Softness">The width of its soft edge in pixels.</param>
internal sealed record Element(
    Shape Shape,
    Func<double, double, Material> Paint,
    double Opacity = 1,
    double Softness = 1)
{
    public Element(Shape shape, Material material, double opacity = 1, double softness = 1)
        : this(shape, (_, _) => material, opacity, softness)
    {
    }
}
