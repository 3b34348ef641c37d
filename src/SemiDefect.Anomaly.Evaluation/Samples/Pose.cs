using SemiDefect.Anomaly.Search.Numerics;

namespace SemiDefect.Anomaly.Evaluation.Samples;

/// <summary>
/// The pose of the die under the camera: a rotation about the center of the image, followed by a shift. Immutable and
/// thread-safe.
/// </summary>
internal readonly struct Pose(double angle, double shiftX, double shiftY)
{
    private const double Middle = DiePattern.Size / 2.0;

    private readonly double _cosine = PortableMath.Cos(angle);
    private readonly double _sine = PortableMath.Sin(angle);

    public (double X, double Y) ToImage(double x, double y)
    {
        x -= Middle;
        y -= Middle;
        return (x * _cosine - y * _sine + Middle + shiftX, x * _sine + y * _cosine + Middle + shiftY);
    }

    public (double X, double Y) ToDie(double x, double y)
    {
        x -= Middle + shiftX;
        y -= Middle + shiftY;
        return (x * _cosine + y * _sine + Middle, y * _cosine - x * _sine + Middle);
    }
}
