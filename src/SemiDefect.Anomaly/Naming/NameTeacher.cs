using SemiDefect.Anomaly.Detection;
using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.Imaging.Masks;
using SemiDefect.Anomaly.IO;
using SemiDefect.Anomaly.Scoring;
using SemiDefect.Anomaly.Sources;

namespace SemiDefect.Anomaly.Naming;

/// <summary>
/// Turns labeled images into described regions: what the detector finds on the labels, the labels themselves, and views
/// of them (<see cref="PastedViews"/>). Not thread-safe; use once.
/// </summary>
/// <param name="inspect">Inspects an image, and keeps its patches.</param>
/// <param name="sharpen">The sharp map of an image (<see cref="DetectorPipeline.SharpMap"/>).</param>
/// <param name="describer">Describes regions.</param>
/// <param name="options">Whether images as a whole are learned, and their views.</param>
internal sealed class NameTeacher(
    Func<Image, string, (Inspection Inspection, ScoredImage Scored)> inspect,
    Func<ScoredImage, AnomalyMap> sharpen,
    RegionDescriber describer,
    TeachOptions options)
{
    private const int Turns = 8;

    // What a small part of the peak surrounds, where no region is above the threshold.
    private const double ShareOfPeak = 0.5;
    private const double MostOfBox = 0.3;
    private const int MostRegions = 200;
    private const int EnoughFound = 3;

    private readonly List<TaughtRow> _rows = [];
    private readonly List<CutOut?> _cutOuts = [];
    private readonly List<string> _types = [];
    private readonly List<bool> _found = [];

    /// <summary>The number of labeled defects so far.</summary>
    public int Count => _types.Count;

    /// <summary>How many of them the detector does not find.</summary>
    public int NotFound => _found.Count(found => !found);

    /// <summary>
    /// The described regions so far; the first of each defect is that of the labeled image. What is not found at its
    /// place will have no name either, so such defects only count for types of which hardly any defect is found.
    /// </summary>
    public IReadOnlyList<TaughtRow> Rows
    {
        get
        {
            HashSet<string> known =
            [
                .. Enumerable.Range(0, _types.Count)
                    .Where(defect => _found[defect])
                    .GroupBy(defect => _types[defect], StringComparer.Ordinal)
                    .Where(group => group.Count() >= EnoughFound)
                    .Select(group => group.Key),
            ];
            return [.. _rows.Where(row => row.IsView || _found[row.Defect] || !known.Contains(row.Type))];
        }
    }

    /// <summary>A cut-out of each labeled defect; null if it takes up too much of its image.</summary>
    public IReadOnlyList<CutOut?> CutOuts => _cutOuts;

    /// <summary>Images that taught nothing.</summary>
    public int Skipped { get; private set; }

    /// <summary>The number of rows that are views.</summary>
    public int Views { get; private set; }

    /// <summary>Learns the labels of an image.</summary>
    /// <exception cref="SemiDefectException">A name cannot be used.</exception>
    public void Add(IImageSource images, int index, Image image, IReadOnlyList<DefectLabel> labels)
    {
        foreach (DefectLabel label in labels)
        {
            Require(label, images.Describe(index).Name);
        }

        if (labels.Count == 0)
        {
            return;
        }

        if (options.Whole)
        {
            AddWhole(image, images.Describe(index).Name, labels);
            return;
        }

        (Inspection inspection, ScoredImage scored) = inspect(image, images.Describe(index).Name);
        AnomalyMap map = sharpen(scored);
        List<RegionPixels> regions = [.. CoresOf(inspection, map).SelectMany(cores => cores)];
        RegionPixels?[] marked = [.. labels.Select(label => RegionPixels.Of(label, image.Width, image.Height))];
        List<int>[] matches = LabelMatcher.Match(marked, regions);
        var all = new List<RegionPixels>();
        var owners = new List<(int Label, double[]? Insets)>();
        for (int label = 0; label < labels.Count; label++)
        {
            RegionPixels? marks = marked[label];
            RegionPixels? around = matches[label].Count == 0 && marks is null ? AroundPeak(map) : null;
            if (matches[label].Count == 0 && marks is null && around is null)
            {
                Skipped++;
                continue;
            }

            for (int i = 0; i < matches[label].Count; i++)
            {
                RegionPixels region = regions[matches[label][i]];
                all.Add(region);
                double[]? insets = i == 0 && marks is not null
                    ? Insets(region, BoxOf(labels[label], marks, region))
                    : null;
                owners.Add((label, insets));
            }

            // A drawn box is mostly background: it only stands for a defect that is not found.
            bool needsOwn = matches[label].Count == 0 || !labels[label].Mask.IsEmpty;
            foreach (RegionPixels own in new[] { needsOwn ? marks : null, around }.OfType<RegionPixels>())
            {
                all.Add(own);
                owners.Add((label, null));
            }
        }

        double[][] descriptors = describer.Describe(all, map, scored);
        var numbers = new Dictionary<int, int>();
        for (int i = 0; i < all.Count; i++)
        {
            int label = owners[i].Label;
            if (!numbers.TryGetValue(label, out int defect))
            {
                numbers.Add(label, defect = _types.Count);
                _types.Add(labels[label].Type);
                _found.Add(matches[label].Count > 0);
                _cutOuts.Add(Cut(
                    image,
                    marked[label] ?? all[i],
                    labels[label],
                    [.. matches[label].Select(match => regions[match])]));
            }

            _rows.Add(new TaughtRow(defect, labels[label].Type, descriptors[i], owners[i].Insets));
        }
    }

    /// <summary>Learns views of defects from a picture that they were pasted into.</summary>
    public void AddViews(Image picture, IReadOnlyList<PastedView> pasted)
    {
        (Inspection inspection, ScoredImage scored) = inspect(picture, string.Empty);
        AnomalyMap map = sharpen(scored);
        List<RegionPixels> regions = [.. CoresOf(inspection, map).SelectMany(cores => cores)];
        List<int>[] matches = LabelMatcher.Match([.. pasted.Select(view => view.Pixels)], regions);
        int[] found = [.. Enumerable.Range(0, pasted.Count).Where(view => matches[view].Count > 0)];
        double[][] descriptors = describer.Describe(
            [.. found.Select(view => regions[matches[view][0]])], map, scored);
        for (int i = 0; i < found.Length; i++)
        {
            PastedView view = pasted[found[i]];
            double[]? insets = view.Box is { } box ? Insets(regions[matches[found[i]][0]], box) : null;
            _rows.Add(new TaughtRow(view.Defect, _types[view.Defect], descriptors[i], insets, IsView: true));
            Views++;
        }
    }

    // What is in a patch hardly changes when the image is turned; where it is does.
    private void AddWhole(Image image, string name, IReadOnlyList<DefectLabel> labels)
    {
        string type = labels[0].Type;
        if (labels.FirstOrDefault(label => label.Type != type) is { } other)
        {
            throw new SemiDefectException(
                $"'{name}' has labels of the types '{type}' and '{other.Type}', but images as a whole have one name: "
                    + "call them by both, or teach the names of regions.");
        }

        (Inspection _, ScoredImage scored) = inspect(image, name);
        double[] descriptor =
            describer.Describe([RegionPixels.Whole(image.Width, image.Height)], sharpen(scored), scored)[0];
        int defect = _types.Count;
        _types.Add(type);
        _found.Add(true);
        _cutOuts.Add(null);
        _rows.Add(new TaughtRow(defect, type, descriptor, null));
        double[] profile = descriptor[^RegionShape.Profile..];
        for (int variant = 1; variant < (options.Views ? Turns : 0); variant++)
        {
            double[] turned =
                [.. descriptor.AsSpan(..^RegionShape.Profile), .. RegionShape.TurnProfile(profile, variant)];
            _rows.Add(new TaughtRow(defect, type, turned, null, IsView: true));
            Views++;
        }
    }

    /// <summary>The defects in each region of an image; of the highest ones, if there are very many.</summary>
    public static List<RegionPixels>[] CoresOf(Inspection inspection, AnomalyMap sharp) =>
        [.. RegionsOf(inspection).Select(region => RegionCores.Find(region, sharp, inspection.PixelThreshold))];

    private static List<RegionPixels> RegionsOf(Inspection inspection)
    {
        if (inspection.Regions.Count == 0)
        {
            return [];
        }

        AnomalyMap map = inspection.Map;
        (int[] labels, int _) =
            ConnectedComponents.Label(map.ToMask(inspection.PixelThreshold), map.Width, map.Height);
        return
        [
            .. inspection.Regions.Take(MostRegions).Select(region => RegionPixels.Of(region, labels, map.Width)),
        ];
    }

    private static void Require(DefectLabel label, string image)
    {
        if (!PlainText.IsName(label.Type) || label.Type == RegionType.UnknownName)
        {
            throw new SemiDefectException(
                $"A defect of '{image}' cannot be called '{label.Type}': give its type a name of one line that is not "
                    + $"'{RegionType.UnknownName}'.");
        }
    }

    private static RegionPixels? AroundPeak(AnomalyMap map)
    {
        float peak = map.Peak;
        if (!(peak > 0))
        {
            return null;
        }

        Region region = map.FindRegions(ShareOfPeak * peak)[0];
        (int[] labels, int _) = ConnectedComponents.Label(map.ToMask(ShareOfPeak * peak), map.Width, map.Height);
        return RegionPixels.Of(region, labels, map.Width);
    }

    // The part of a mask that the region shows, or the box that was drawn.
    private static DefectBox BoxOf(DefectLabel label, RegionPixels marks, RegionPixels region) =>
        label.Mask.IsEmpty
            ? label.Box!.Value
            : RegionPixels.Of(region.Left, region.Top, region.Width, region.Height, marks.Contains)?.Box ?? marks.Box;

    private static double[] Insets(RegionPixels region, DefectBox box) =>
    [
        (box.Left - region.Left) / region.Width,
        (box.Top - region.Top) / region.Height,
        (region.Left + region.Width - box.Right) / region.Width,
        (region.Top + region.Height - box.Bottom) / region.Height,
    ];

    private static CutOut? Cut(
        Image image, RegionPixels marks, DefectLabel label, IReadOnlyList<RegionPixels> found)
    {
        DefectBox near = marks.Box;
        double marginX = MostOfBox * marks.Width + 2;
        double marginY = MostOfBox * marks.Height + 2;
        bool IsNear(int x, int y) => x >= near.Left - marginX && x < near.Right + marginX
            && y >= near.Top - marginY && y < near.Bottom + marginY;
        IEnumerable<RegionPixels?> parts = found.Select(region => RegionPixels.Of(
            region.Left, region.Top, region.Width, region.Height, (x, y) => region.Contains(x, y) && IsNear(x, y)));

        // Without a mask and a region, the box's corners are hardly the defect.
        RegionPixels? own = !label.Mask.IsEmpty || label.Box is null ? marks
            : found.Count == 0 ? Ellipse(marks)
            : null;
        RegionPixels[] all = [.. parts.Append(own).OfType<RegionPixels>()];
        RegionPixels pixels = all.Length == 0 ? marks : RegionPixels.Join(all);
        bool isSmall = pixels.Width <= image.Width / 2 && pixels.Height <= image.Height / 2;
        return isSmall ? CutOut.Of(image, pixels, label.Box ?? (label.Mask.IsEmpty ? null : marks.Box)) : null;
    }

    private static RegionPixels? Ellipse(RegionPixels box) => RegionPixels.Of(
        box.Left,
        box.Top,
        box.Width,
        box.Height,
        (x, y) =>
        {
            double dx = (x + 0.5 - box.Left) / box.Width * 2 - 1;
            double dy = (y + 0.5 - box.Top) / box.Height * 2 - 1;
            return dx * dx + dy * dy <= 1;
        });
}

/// <summary>A view of a labeled defect on a picture that it was pasted into.</summary>
/// <param name="Defect">The number of the defect.</param>
/// <param name="Pixels">The pixels that it covers.</param>
/// <param name="Box">Its box; null if not known.</param>
internal sealed record PastedView(int Defect, RegionPixels Pixels, DefectBox? Box);
