namespace SemiDefect.Anomaly.Evaluation.Samples;

/// <summary>
/// An axis-aligned box in die coordinates (1 unit = 1 pixel, y downwards). Immutable and thread-safe.
/// </summary>
internal readonly record struct Bounds(double Left, double Top, double Right, double Bottom)
{
    public Bounds Grow(double margin) => new(Left - margin, Top - margin, Right + margin, Bottom + margin);

    public Bounds Join(Bounds other) =>
        new(
            Math.Min(Left, other.Left),
            Math.Min(Top, other.Top),
            Math.Max(Right, other.Right),
            Math.Max(Bottom, other.Bottom));
}
