namespace SemiDefect.Anomaly.Views;

/// <summary>
/// One look at an image: a window of the original at some size, turned or not. Immutable and thread-safe.
/// </summary>
/// <param name="Geometry">Where the window lies on the original, before the turn.</param>
/// <param name="Turn">How it is turned before the network sees it.</param>
/// <param name="Region">The region of interest, or null for everything.</param>
public sealed record View(InputGeometry Geometry, ViewTurn Turn, RegionOfInterest? Region)
{
    /// <summary>Pixels per row of what the network sees.</summary>
    public int Width => Turn.SwapsSides ? Geometry.InputHeight : Geometry.InputWidth;

    /// <summary>Rows of what the network sees.</summary>
    public int Height => Turn.SwapsSides ? Geometry.InputWidth : Geometry.InputHeight;

    /// <summary>The point of the window, before the turn, that shows at a point of what the network sees.</summary>
    public (double X, double Y) ToWindow(double x, double y) => ViewTurner.ToWindow(this, x, y);

    /// <summary>The point of the original that shows at a point of what the network sees.</summary>
    public (double X, double Y) ToOriginal(double x, double y)
    {
        (double windowX, double windowY) = ToWindow(x, y);
        return Geometry.ToOriginal(windowX, windowY);
    }

    /// <summary>The center, on the original, of a patch of a grid over this view.</summary>
    /// <param name="patch">y x grid width + x.</param>
    /// <param name="gridHeight">Rows of the grid.</param>
    /// <param name="gridWidth">Columns of the grid.</param>
    public (double X, double Y) PatchCenter(int patch, int gridHeight, int gridWidth) => ToOriginal(
        (patch % gridWidth + 0.5) * Width / gridWidth - 0.5,
        (patch / gridWidth + 0.5) * Height / gridHeight - 0.5);

    /// <summary>
    /// The patches of a grid over this view that show the image and nothing else: those that an inexact turn leaves
    /// partly
    /// empty, and those outside of the region of interest, are neither learned nor scored.
    /// </summary>
    /// <param name="gridHeight">Rows of the grid.</param>
    /// <param name="gridWidth">Columns of the grid.</param>
    /// <returns>Patches (y x grid width + x), ascending; null for all.</returns>
    public int[]? ValidPatches(int gridHeight, int gridWidth)
    {
        if (Turn.IsExact && Region?.HasMask != true)
        {
            return null;
        }

        var valid = new List<int>(gridHeight * gridWidth);
        for (int patch = 0; patch < gridHeight * gridWidth; patch++)
        {
            if (IsInside(patch, gridHeight, gridWidth))
            {
                valid.Add(patch);
            }
        }

        return valid.Count == gridHeight * gridWidth ? null : [.. valid];
    }

    private bool IsInside(int patch, int gridHeight, int gridWidth)
    {
        double left = (double)(patch % gridWidth) * Width / gridWidth - 0.5;
        double top = (double)(patch / gridWidth) * Height / gridHeight - 0.5;
        double right = left + (double)Width / gridWidth;
        double bottom = top + (double)Height / gridHeight;
        if (!Turn.IsExact)
        {
            foreach ((double x, double y)
                in (ReadOnlySpan<(double, double)>)[(left, top), (right, top), (left, bottom), (right, bottom)])
            {
                (double windowX, double windowY) = ToWindow(x, y);
                if (windowX < -0.5
                    || windowY < -0.5
                    || windowX > Geometry.InputWidth - 0.5
                    || windowY > Geometry.InputHeight - 0.5)
                {
                    return false;
                }
            }
        }

        if (Region?.HasMask != true)
        {
            return true;
        }

        (double centerX, double centerY) = PatchCenter(patch, gridHeight, gridWidth);
        return Region.Contains((int)Math.Floor(centerX + 0.5), (int)Math.Floor(centerY + 0.5));
    }
}
