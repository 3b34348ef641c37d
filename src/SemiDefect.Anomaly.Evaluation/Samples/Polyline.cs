namespace SemiDefect.Anomaly.Evaluation.Samples;

/// <summary>A line through several points, with a width and round ends. Immutable and thread-safe.</summary>
internal sealed class Polyline : Shape
{
    public Polyline(double halfWidth, params (double X, double Y)[] points)
    {
        HalfWidth = halfWidth;
        Points = points;
        var bounds = new Bounds(points[0].X, points[0].Y, points[0].X, points[0].Y);
        foreach ((double x, double y) in points)
        {
            bounds = bounds.Join(new Bounds(x, y, x, y));
        }

        Bounds = bounds.Grow(halfWidth);
    }

    public double HalfWidth { get; }

    public (double X, double Y)[] Points { get; }

    public override Bounds Bounds { get; }

    public override double Distance(double x, double y)
    {
        double nearest = double.MaxValue;
        for (int i = 1; i < Points.Length; i++)
        {
            double alongX = Points[i].X - Points[i - 1].X;
            double alongY = Points[i].Y - Points[i - 1].Y;
            double dx = x - Points[i - 1].X;
            double dy = y - Points[i - 1].Y;
            double squaredLength = alongX * alongX + alongY * alongY;
            double share = squaredLength == 0 ? 0 : Math.Clamp((dx * alongX + dy * alongY) / squaredLength, 0, 1);
            dx -= share * alongX;
            dy -= share * alongY;
            nearest = Math.Min(nearest, dx * dx + dy * dy);
        }

        return Math.Sqrt(nearest) - HalfWidth;
    }
}
