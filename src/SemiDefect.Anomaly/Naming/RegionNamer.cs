using SemiDefect.Anomaly.Banks;
using SemiDefect.Anomaly.Detection;
using SemiDefect.Anomaly.Scoring;
using SemiDefect.Anomaly.Serialization;

namespace SemiDefect.Anomaly.Naming;

/// <summary>Names the regions of inspected images. Thread-safe; does not own the banks.</summary>
internal sealed class RegionNamer(NamesRecord record, RegionDescriber describer)
{
    private readonly NameClassifier _classifier = new(record);

    /// <summary>The namer of a detector that was taught names.</summary>
    public static RegionNamer Of(NamesRecord record, DetectorDocument document, IReadOnlyList<MemoryBank> banks) =>
        new(record, DescriberOf(document, banks));

    /// <summary>The describer of a detector.</summary>
    public static RegionDescriber DescriberOf(DetectorDocument document, IReadOnlyList<MemoryBank> banks) =>
        new(BranchesOf(document), banks, document.Thresholds.Pixel.Value);

    /// <summary>The lane of each branch, and the values of its patches.</summary>
    public static IReadOnlyList<(int Lane, int Dimension)> BranchesOf(DetectorDocument document) =>
        [.. document.Branches.Select(branch => (branch.Lane, branch.Bank.Columns))];

    /// <summary>
    /// The regions with their types. Of very many regions, only the highest ones have one, so that a wrong image costs
    /// little.
    /// </summary>
    public IReadOnlyList<Region> Name(Inspection inspection, ScoredImage scored)
    {
        List<RegionPixels> pixels = NameTeacher.RegionsOf(inspection);
        double[][] descriptors = describer.Describe(pixels, inspection.Map, scored);
        return
        [
            .. inspection.Regions.Select((region, i) => i < pixels.Count
                ? region with { Type = _classifier.Name(descriptors[i], pixels[i].Box) }
                : region),
        ];
    }
}
