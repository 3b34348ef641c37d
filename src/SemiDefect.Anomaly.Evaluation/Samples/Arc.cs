using SemiDefect.Anomaly.Search.Numerics;

namespace SemiDefect.Anomaly.Evaluation.Samples;

/// <summary>An arc of a circle with a width and round ends. Immutable and thread-safe.</summary>
internal sealed class Arc : Shape
{
    private readonly double _centerX;
    private readonly double _centerY;
    private readonly double _radius;
    private readonly double _halfWidth;
    private readonly double _axisX;
    private readonly double _axisY;
    private readonly double _endAcross;
    private readonly double _endAlong;

    /// <summary>
    /// The arc extends <paramref name="halfSweep"/> radians (up to pi) to both sides of the direction
    /// <paramref name="axis"/>.
    /// </summary>
    public Arc(double centerX, double centerY, double radius, double halfWidth, double axis, double halfSweep)
    {
        _centerX = centerX;
        _centerY = centerY;
        _radius = radius;
        _halfWidth = halfWidth;
        _axisX = PortableMath.Cos(axis);
        _axisY = PortableMath.Sin(axis);
        _endAcross = PortableMath.Sin(halfSweep);
        _endAlong = PortableMath.Cos(halfSweep);
        Bounds = new Bounds(centerX, centerY, centerX, centerY).Grow(radius + halfWidth);
    }

    public override Bounds Bounds { get; }

    public override double Distance(double x, double y)
    {
        double dx = x - _centerX;
        double dy = y - _centerY;
        double along = dx * _axisX + dy * _axisY;
        double across = Math.Abs(dy * _axisX - dx * _axisY);
        if (across * _endAlong <= along * _endAcross)
        {
            return Math.Abs(Math.Sqrt(along * along + across * across) - _radius) - _halfWidth;
        }

        along -= _radius * _endAlong;
        across -= _radius * _endAcross;
        return Math.Sqrt(along * along + across * across) - _halfWidth;
    }
}
