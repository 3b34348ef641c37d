using SemiDefect.Anomaly.Search.Numerics;

namespace SemiDefect.Anomaly.Evaluation.Samples;

/// <summary>
/// The position of each of the strongest variations of an image within its range, 0 to 1. Immutable and thread-safe.
/// </summary>
internal readonly record struct Placement(double Angle, double ShiftX, double ShiftY, double Light)
{
    // Powers of 1 / 1.16730397826, the root of x^5 = x + 1: the fractional parts of their multiples fill the
    // four-dimensional cube evenly (the generalized golden ratio; Roberts 2018).
    private const double AngleStep = 0.8566748838545029;
    private const double ShiftXStep = 0.733891856627126;
    private const double ShiftYStep = 0.6287067210378087;
    private const double LightStep = 0.5385972572236101;

    /// <summary>A placement that is independent of all other images.</summary>
    public static Placement Random(SeededGenerator generator) =>
        new(generator.NextDouble(), generator.NextDouble(), generator.NextDouble(), generator.NextDouble());

    /// <summary>
    /// The images 0, 1, 2, ... cover the whole range evenly for any number of images, so that a few images show all
    /// normal variation.
    /// </summary>
    public static Placement Even(int index) =>
        new(Part(index, AngleStep), Part(index, ShiftXStep), Part(index, ShiftYStep), Part(index, LightStep));

    private static double Part(int index, double step)
    {
        double position = 0.5 + index * step;
        return position - Math.Floor(position);
    }
}
