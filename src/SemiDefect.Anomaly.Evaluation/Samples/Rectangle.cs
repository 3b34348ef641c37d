namespace SemiDefect.Anomaly.Evaluation.Samples;

/// <summary>
/// A rectangle with optional rotation and rounded corners; a circle if the radius equals both half sizes. Immutable and
/// thread-safe.
/// </summary>
internal sealed class Rectangle : Shape
{
    private readonly double _centerX;
    private readonly double _centerY;
    private readonly double _halfWidth;
    private readonly double _halfHeight;
    private readonly double _radius;
    private readonly double _cosine;
    private readonly double _sine;

    public Rectangle(double centerX, double centerY, double halfWidth, double halfHeight, double radius = 0)
        : this(centerX, centerY, halfWidth, halfHeight, radius, (1, 0))
    {
    }

    /// <summary>A rectangle whose width runs along a unit vector.</summary>
    public Rectangle(
        double centerX,
        double centerY,
        double halfWidth,
        double halfHeight,
        double radius,
        (double X, double Y) along)
    {
        _centerX = centerX;
        _centerY = centerY;
        _halfWidth = halfWidth - radius;
        _halfHeight = halfHeight - radius;
        _radius = radius;
        _cosine = along.X;
        _sine = along.Y;
        double reachX = halfWidth * Math.Abs(_cosine) + halfHeight * Math.Abs(_sine);
        double reachY = halfWidth * Math.Abs(_sine) + halfHeight * Math.Abs(_cosine);
        Bounds = new Bounds(centerX - reachX, centerY - reachY, centerX + reachX, centerY + reachY);
    }

    public override Bounds Bounds { get; }

    public static Rectangle Disc(double centerX, double centerY, double radius) =>
        new(centerX, centerY, radius, radius, radius);

    public static Rectangle Between(double left, double top, double right, double bottom, double radius = 0) =>
        new((left + right) / 2, (top + bottom) / 2, (right - left) / 2, (bottom - top) / 2, radius);

    public override double Distance(double x, double y)
    {
        double dx = x - _centerX;
        double dy = y - _centerY;
        double overX = Math.Abs(dx * _cosine + dy * _sine) - _halfWidth;
        double overY = Math.Abs(dy * _cosine - dx * _sine) - _halfHeight;
        if (overX <= 0 || overY <= 0)
        {
            return Math.Max(overX, overY) - _radius;
        }

        return Math.Sqrt(overX * overX + overY * overY) - _radius;
    }
}
