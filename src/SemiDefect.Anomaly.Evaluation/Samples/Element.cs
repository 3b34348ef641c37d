using SemiDefect.Anomaly.Imaging.Codecs;

namespace SemiDefect.Anomaly.Evaluation.Samples;

/// <summary>One thing on the die, laid over what came before it.</summary>
/// <param name="Shape">Where it is.</param>
/// <param name="Paint">What it looks like at a place in die coordinates.</param>
/// <param name="Opacity">How much of it hides what lies below, 0 to 1.</param>
/// <param name="Softness">How many pixels its edge takes to fade.</param>
internal sealed record Element(Shape Shape, Func<double, double, Material> Paint, double Opacity = 1, double Softness = 1)
{
    public Element(Shape shape, Material material, double opacity = 1, double softness = 1)
        : this(shape, (_, _) => material, opacity, softness)
    {
    }
}
