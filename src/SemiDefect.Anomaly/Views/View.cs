namespace SemiDefect.Anomaly.Views;

/// <summary>
/// A view of an image: a window of the original, at some size, optionally turned or of another brightness. Immutable
/// and thread-safe.
/// </summary>
public sealed record View
{
    private const double SquareRootOfHalf = 0.70710678118654752440;

    internal View(InputGeometry geometry, ViewTurn turn, RegionOfInterest? region) =>
        (Geometry, Turn, Region) = (geometry, turn, region);

    /// <summary>The position of the window on the original, before the turn.</summary>
    public InputGeometry Geometry { get; }

    /// <summary>The region of interest, or null for the whole image.</summary>
    public RegionOfInterest? Region { get; }

    /// <summary>How the view is turned.</summary>
    internal ViewTurn Turn { get; init; }

    /// <summary>The factor by which samples are multiplied, in hundredths.</summary>
    internal int Brightness { get; init; } = 100;

    /// <summary>The width of the network's input.</summary>
    public int Width => Turn.SwapsSides ? Geometry.InputHeight : Geometry.InputWidth;

    /// <summary>The height of the network's input.</summary>
    public int Height => Turn.SwapsSides ? Geometry.InputWidth : Geometry.InputHeight;

    /// <summary>Maps a point of the network's input to the window before the turn.</summary>
    public (double X, double Y) ToWindow(double x, double y)
    {
        if (Turn == ViewTurn.None)
        {
            return (x, y);
        }

        // About the centers, so that the turn is a pure rotation.
        double dx = x - (Width - 1) / 2.0;
        double dy = y - (Height - 1) / 2.0;
        (int cosine, int sine) = Turn.Signs();
        double factor = Turn.IsExact ? 1 : SquareRootOfHalf;
        double sourceX = (cosine * dx + sine * dy) * factor;
        double sourceY = (cosine * dy - sine * dx) * factor;
        return (
            (Turn.Flip ? -sourceX : sourceX) + (Geometry.InputWidth - 1) / 2.0,
            sourceY + (Geometry.InputHeight - 1) / 2.0);
    }

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

/// <summary>How a view is turned before the network sees it. Immutable and thread-safe.</summary>
/// <param name="Degrees">Clockwise, a multiple of 45 from 0 to 315.</param>
/// <param name="Flip">Whether the view is mirrored left to right before it is turned.</param>
internal readonly record struct ViewTurn(int Degrees, bool Flip)
{
    /// <summary>No turn.</summary>
    public static ViewTurn None => default;

    /// <summary>Whether pixels are only moved, without interpolation and empty corners.</summary>
    public bool IsExact => Degrees % 90 == 0;

    /// <summary>Whether width and height are swapped.</summary>
    public bool SwapsSides => Degrees is 90 or 270;

    /// <summary>
    /// The signs of cosine and sine; for odd multiples of 45 degrees both have the magnitude of the square root of a
    /// half.
    /// </summary>
    public (int Cosine, int Sine) Signs() => Degrees switch
    {
        0 => (1, 0),
        45 => (1, 1),
        90 => (0, 1),
        135 => (-1, 1),
        180 => (-1, 0),
        225 => (-1, -1),
        270 => (0, -1),
        315 => (1, -1),
        _ =>
            throw new ArgumentOutOfRangeException(
                nameof(Degrees), Degrees, "Turns are multiples of 45 degrees, 0 to 315."),
    };
}
