namespace SemiDefect.Anomaly.Naming;

/// <summary>
/// A box on an image by its edges, in pixels: pixel i reaches from i to i + 1. Immutable and thread-safe.
/// </summary>
/// <param name="Left">The left edge.</param>
/// <param name="Top">The upper edge.</param>
/// <param name="Right">The right edge, not under <paramref name="Left"/>.</param>
/// <param name="Bottom">The lower edge, not under <paramref name="Top"/>.</param>
public readonly record struct DefectBox(double Left, double Top, double Right, double Bottom)
{
    /// <summary>Width x height in pixels; 0 or more.</summary>
    public double Area => Math.Max(0, Right - Left) * Math.Max(0, Bottom - Top);

    /// <summary>The area in both boxes by the area in either; 0 to 1, and 0 if both are empty.</summary>
    /// <param name="other">Another box of the same image.</param>
    public double Overlap(DefectBox other)
    {
        double both = new DefectBox(
            Math.Max(Left, other.Left),
            Math.Max(Top, other.Top),
            Math.Min(Right, other.Right),
            Math.Min(Bottom, other.Bottom)).Area;
        double either = Area + other.Area - both;
        return either > 0 ? both / either : 0;
    }
}
