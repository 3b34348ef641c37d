using Microsoft.Extensions.Logging;
using SemiDefect.Anomaly.Views;

namespace SemiDefect.Anomaly.Detection;

/// <summary>Tells what part of the images a crop leaves out, where no defect is ever found. Stateless.</summary>
internal static class CropBorder
{
    /// <summary>Tells the logger, if a crop leaves out something at all working sizes.</summary>
    /// <param name="lanes">The lanes.</param>
    /// <param name="width">The width of an image.</param>
    /// <param name="height">The height of the image.</param>
    /// <param name="logger">Who is told.</param>
    public static void Tell(IEnumerable<Lane> lanes, int width, int height, ILogger logger)
    {
        (int Left, int Top, int Width, int Height) seen = lanes.Select(lane => lane.Plan.Canvas(width, height))
            .Select(canvas => canvas.Inspected())
            .MaxBy(inspected => (long)inspected.Width * inspected.Height);
        RegionOfInterest? region = lanes.First().Plan.Region;
        (int fullWidth, int fullHeight) = (region?.Width ?? width, region?.Height ?? height);
        if (seen.Width < fullWidth || seen.Height < fullHeight)
        {
            double share = 100 - 100.0 * seen.Width * seen.Height / ((double)fullWidth * fullHeight);
            logger.CropLeavesOut((int)Math.Ceiling(share), width, height, seen.Width, seen.Height, seen.Left, seen.Top);
        }
    }
}
