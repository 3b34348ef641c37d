namespace SemiDefect.Anomaly.Views;

/// <summary>
/// A view of an image: a window of the original, at some size, optionally turned. Immutable and thread-safe.
/// </summary>
/// <param name="Geometry">The position of the window on the original, before the turn.</param>
/// <param name="Turn">How the view is turned.</param>
/// <param name="Region">The region of interest, or null for the whole image.</param>
public sealed record View(InputGeometry Geometry, ViewTurn Turn, RegionOfInterest? Region)
{
    /// <summary>The width of the network's input.</summary>
    public int Width => Turn.SwapsSides ? Geometry.InputHeight : Geometry.InputWidth;

    /// <summary>The height of the network's input.</summary>
    public int Height => Turn.SwapsSides ? Geometry.InputWidth : Geometry.InputHeight;

    /// <summary>Maps a point of the network's input to the window before the turn.</summary>
    public (double X, double Y) ToWindow(double x, double y) => ViewTurner.ToWindow(this, x, y);

    /// <summary>Maps a point of the network's input to the original.</summary>
    public (double X, double Y) ToOriginal(double x, double y)
    {
        (double windowX, double windowY) = ToWindow(x, y);
        return Geometry.ToOriginal(windowX, windowY);
    }

    /// <summary>The center of a patch on the original.</summary>
    /// <param name="patch">y x grid width + x.</param>
    /// <param name="gridHeight">Rows of the grid.</param>
    /// <param name="gridWidth">Columns of the grid.</param>
    public (double X, double Y) PatchCenter(int patch, int gridHeight, int gridWidth) => ToOriginal(
        (patch % gridWidth + 0.5) * Width / gridWidth - 0.5,
        (patch / gridWidth + 0.5) * Height / gridHeight - 0.5);

    /// <summary>
    /// The patches that show nothing but the image. Patches that are partly empty after an inexact turn, and those
    /// outside the region of interest, are excluded from training and scoring.
    /// </summary>
    /// <param name="gridHeight">Rows of the grid.</param>
    /// <param name="gridWidth">Columns of the grid.</param>
    /// <returns>The patches (y x grid width + x), ascending; null for all.</returns>
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
