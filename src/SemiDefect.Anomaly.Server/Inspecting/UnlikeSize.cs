using SemiDefect.Anomaly.Server.Storage;

namespace SemiDefect.Anomaly.Server.Inspecting;

/// <summary>
/// Notices images whose size or shape is far from those that a detector learned from, because such an image is another
/// camera setting or another part. Stateless.
/// </summary>
internal static class UnlikeSize
{
    public const string Size = "size";
    public const string Shape = "shape";

    private const double LargestScale = 4;
    private const double LargestAspect = 1.25;

    /// <summary>What to say of an image.</summary>
    /// <param name="width">The width of the image.</param>
    /// <param name="height">The height of the image.</param>
    /// <param name="learned">Sizes of images that were learned from; without any, nothing is said.</param>
    /// <returns>
    /// size if the width or the height is more than four times larger or smaller, shape if the ratio of width and
    /// height differs by more than a quarter; null if the image is like one of the sizes.
    /// </returns>
    public static InspectionNote? Find(int width, int height, IReadOnlyList<(int Width, int Height)> learned)
    {
        if (learned.Count == 0)
        {
            return null;
        }

        ((int Width, int Height) Size, double Scale, double Aspect)[] all =
        [
            .. learned.Select(size => (
                size,
                Math.Max(Ratio(width, size.Width), Ratio(height, size.Height)),
                Ratio((double)width * size.Height, (double)height * size.Width))),
        ];
        if (all.Any(size => size.Scale <= LargestScale && size.Aspect <= LargestAspect))
        {
            return null;
        }

        ((int Width, int Height) nearest, double scale, _) = all.MinBy(size => size.Scale);
        return new InspectionNote(scale > LargestScale ? Size : Shape, nearest.Width, nearest.Height);
    }

    private static double Ratio(double a, double b) => Math.Max(a, b) / Math.Min(a, b);
}
