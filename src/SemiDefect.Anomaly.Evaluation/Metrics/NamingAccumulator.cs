using SemiDefect.Anomaly.Naming;

namespace SemiDefect.Anomaly.Evaluation.Metrics;

/// <summary>Compares the names of what is found with labels, image by image. Not thread-safe.</summary>
internal sealed class NamingAccumulator
{
    // What is found lies on a label if it covers this share of its box, or if this share of its own box lies on it.
    private const double LeastOfLabel = 0.25;
    private const double LeastOfRegion = 0.5;
    private const string NotFound = "not found";

    private readonly HashSet<string> _types;
    private readonly List<(string? True, string Called)> _pairs = [];
    private readonly List<(string Type, int Image, DefectBox Box)> _truths = [];
    private readonly List<(string Type, BoxDetection Detection)> _detections = [];
    private int _images;

    /// <summary>Starts with the types that a detector was taught.</summary>
    public NamingAccumulator(IEnumerable<string> types) => _types = [.. types];

    /// <summary>Adds an image.</summary>
    /// <param name="labels">Its defects; null for the box of one that is the image as a whole.</param>
    /// <param name="found">What the detector found, the highest first.</param>
    public void Add(IReadOnlyList<(string Type, DefectBox? Box)> labels, IReadOnlyList<RegionType> found)
    {
        int image = _images++;
        bool[] isOn = new bool[found.Count];
        foreach ((string type, DefectBox? box) in labels)
        {
            _types.Add(type);
            if (box is { } known)
            {
                _truths.Add((type, image, known));
            }

            string? name = null;
            for (int i = 0; i < found.Count; i++)
            {
                if (box is null || IsOn(found[i].Box, box.Value))
                {
                    isOn[i] = true;
                    name ??= found[i].Name;
                }
            }

            _pairs.Add((type, name ?? NotFound));
        }

        for (int i = 0; i < found.Count; i++)
        {
            _detections.Add((found[i].Closest, new BoxDetection(image, found[i].Confidence, found[i].Box)));
            if (!isOn[i])
            {
                _pairs.Add((null, found[i].Name));
            }
        }
    }

    /// <summary>The report on all images.</summary>
    public NamingReport Complete()
    {
        string[] types = [.. _types.Order(StringComparer.Ordinal)];
        string[] columns = [.. types, RegionType.UnknownName, NotFound];
        int[][] confusion = [.. types.Cast<string?>().Append(null).Select(row =>
            columns.Select(column => _pairs.Count(pair => pair.True == row && pair.Called == column)).ToArray())];
        bool hasBoxes = _truths.Count > 0;
        return new NamingReport
        {
            Confusion = confusion,
            PerType =
            [
                .. types.Select((type, i) =>
                {
                    (int, DefectBox)[] truths =
                        [.. _truths.Where(truth => truth.Type == type).Select(truth => (truth.Image, truth.Box))];
                    BoxDetection[] detections =
                        [.. _detections.Where(one => one.Type == type).Select(one => one.Detection)];
                    return new NamedTypeResult(
                        type,
                        confusion[i].Sum(),
                        confusion.Sum(row => row[i]),
                        confusion[i][i],
                        confusion[i][^2],
                        confusion[i][^1])
                    {
                        Ap50 = hasBoxes ? DetectionMetrics.AveragePrecision(truths, detections, 0.5) : null,
                        Ap50To95 = hasBoxes ? DetectionMetrics.MeanAveragePrecision(truths, detections) : null,
                    };
                }),
            ],
        };
    }

    private static bool IsOn(DefectBox box, DefectBox label)
    {
        double shared = new DefectBox(
            Math.Max(box.Left, label.Left),
            Math.Max(box.Top, label.Top),
            Math.Min(box.Right, label.Right),
            Math.Min(box.Bottom, label.Bottom)).Area;
        return shared > 0 && (shared >= LeastOfLabel * label.Area || shared >= LeastOfRegion * box.Area);
    }
}
