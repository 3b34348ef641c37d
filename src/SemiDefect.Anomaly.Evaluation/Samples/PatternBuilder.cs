namespace SemiDefect.Anomaly.Evaluation.Samples;

/// <summary>Collects the elements of a die, bottom to top. Not thread-safe.</summary>
internal sealed class PatternBuilder
{
    private readonly List<Element> _elements = [];
    private readonly List<int> _traces = [];
    private readonly List<(double X, double Y)> _pads = [];

    public void Add(Shape shape, Material material, double opacity = 1, double softness = 1) =>
        _elements.Add(new Element(shape, material, opacity, softness));

    public void Add(Shape shape, Func<double, double, Material> paint) => _elements.Add(new Element(shape, paint));

    public void AddTrace(Material material, double halfWidth, params (double X, double Y)[] points)
    {
        _traces.Add(_elements.Count);
        Add(new Polyline(halfWidth, points), material);
    }

    public void AddVia(double x, double y, double radius, Material rim, Material hole)
    {
        Add(Rectangle.Disc(x, y, radius), rim);
        Add(Rectangle.Disc(x, y, radius * 0.45), hole);
    }

    public void AddPad(double x, double y, double halfSize, Material rim, Material opening)
    {
        _pads.Add((x, y));
        Add(new Rectangle(x, y, halfSize, halfSize, 1.5), rim);
        Add(new Rectangle(x, y, halfSize - 2, halfSize - 2, 1), opening);
    }

    public DiePattern Build(string name, bool isColor, Material background, Material padMark) =>
        new(name, isColor, background, _elements, _traces, _pads, padMark);
}
