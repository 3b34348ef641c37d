namespace SemiDefect.Anomaly.Evaluation.Samples;

/// <summary>A plane figure, defined by its signed distance. Immutable and thread-safe.</summary>
internal abstract class Shape
{
    /// <summary>A box that contains the whole figure.</summary>
    public abstract Bounds Bounds { get; }

    /// <summary>The distance to the outline, negative inside; exact outside, and at least a bound inside.</summary>
    public abstract double Distance(double x, double y);

    /// <summary>Only the outline, as a band of width 2 x <paramref name="halfWidth"/>.</summary>
    public Shape Outline(double halfWidth) => new CombinedShape(this, halfWidth);

    /// <summary>The figure without <paramref name="removed"/>.</summary>
    public Shape Without(Shape removed) => new CombinedShape(this, removed);

    /// <summary>The figure with an outline that varies by up to <paramref name="amplitude"/>.</summary>
    public Shape Roughened(ValueNoise noise, double amplitude) => new CombinedShape(this, noise, amplitude);

    private sealed class CombinedShape : Shape
    {
        private readonly Func<double, double, double> _distance;

        public CombinedShape(Shape shape, double halfWidth)
        {
            Bounds = shape.Bounds.Grow(halfWidth);
            _distance = (x, y) => Math.Abs(shape.Distance(x, y)) - halfWidth;
        }

        public CombinedShape(Shape shape, Shape removed)
        {
            Bounds = shape.Bounds;
            _distance = (x, y) => Math.Max(shape.Distance(x, y), -removed.Distance(x, y));
        }

        public CombinedShape(Shape shape, ValueNoise noise, double amplitude)
        {
            Bounds = shape.Bounds.Grow(amplitude);
            _distance = (x, y) => shape.Distance(x, y) + amplitude * noise.At(x, y);
        }

        public override Bounds Bounds { get; }

        public override double Distance(double x, double y) => _distance(x, y);
    }
}
