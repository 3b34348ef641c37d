namespace SemiDefect.Anomaly.Evaluation.Samples;

/// <summary>The surface as seen under even light: colors, heights and grain by pixel. Not thread-safe.</summary>
internal sealed class Canvas
{
    public const int Size = DiePattern.Size;

    private readonly Pose _pose;
    private readonly double _overEtch;

    /// <summary>Fills the surface with <paramref name="background"/>.</summary>
    /// <param name="pose">The pose of the die.</param>
    /// <param name="overEtch">The number of pixels by which every outline is shrunk.</param>
    /// <param name="background">The material below all elements.</param>
    public Canvas(Pose pose, double overEtch, Material background)
    {
        _pose = pose;
        _overEtch = overEtch;
        Surface = new Material[Size * Size];
        Surface.AsSpan().Fill(background);
    }

    /// <summary>The pixels, row by row.</summary>
    public Material[] Surface { get; }

    /// <summary>Paints an element over the surface; a pixel on its edge is blended.</summary>
    public void Paint(Element element)
    {
        Bounds area = element.Shape.Bounds.Grow(element.Softness + 1);
        (double x, double y) = _pose.ToImage(area.Left, area.Top);
        var reach = new Bounds(x, y, x, y);
        foreach ((double cornerX, double cornerY)
            in ((double, double)[])[(area.Right, area.Top), (area.Left, area.Bottom), (area.Right, area.Bottom)])
        {
            (x, y) = _pose.ToImage(cornerX, cornerY);
            reach = reach.Join(new Bounds(x, y, x, y));
        }

        int right = (int)Math.Clamp(Math.Ceiling(reach.Right), 0, Size);
        int bottom = (int)Math.Clamp(Math.Ceiling(reach.Bottom), 0, Size);
        for (int row = (int)Math.Clamp(Math.Floor(reach.Top), 0, Size); row < bottom; row++)
        {
            for (int column = (int)Math.Clamp(Math.Floor(reach.Left), 0, Size); column < right; column++)
            {
                (x, y) = _pose.ToDie(column + 0.5, row + 0.5);
                double distance = element.Shape.Distance(x, y) + _overEtch;
                double share = Math.Clamp(0.5 - distance / element.Softness, 0, 1) * element.Opacity;
                if (share > 0)
                {
                    ref Material pixel = ref Surface[row * Size + column];
                    pixel = pixel.Toward(element.Paint(x, y), share);
                }
            }
        }
    }
}
