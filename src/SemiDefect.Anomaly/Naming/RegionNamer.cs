using SemiDefect.Anomaly.Banks;
using SemiDefect.Anomaly.Detection;
using SemiDefect.Anomaly.Scoring;
using SemiDefect.Anomaly.Serialization;

namespace SemiDefect.Anomaly.Naming;

/// <summary>Names the regions of inspected images. Thread-safe; does not own the banks.</summary>
/// <param name="record">The names.</param>
/// <param name="describer">Describes regions.</param>
/// <param name="sharpen">The sharp map of an image (<see cref="DetectorPipeline.SharpMap"/>).</param>
internal sealed class RegionNamer(
    NamesRecord record, RegionDescriber describer, Func<ScoredImage, AnomalyMap> sharpen)
{
    private readonly NameClassifier _classifier = new(record);

    /// <summary>Whether each image has one name.</summary>
    public bool IsWhole => record.Whole == true;

    /// <summary>The namer of a detector that was taught names.</summary>
    public static RegionNamer Of(
        NamesRecord record, DetectorDocument document, IReadOnlyList<MemoryBank> banks, DetectorPipeline pipeline) =>
        new(record, DescriberOf(document, banks), pipeline.SharpMap);

    /// <summary>The describer of a detector.</summary>
    public static RegionDescriber DescriberOf(DetectorDocument document, IReadOnlyList<MemoryBank> banks) =>
        new(BranchesOf(document), banks, document.Thresholds.Pixel.Value);

    /// <summary>The lane of each branch, and the values of its patches.</summary>
    public static IReadOnlyList<(int Lane, int Dimension)> BranchesOf(DetectorDocument document) =>
        [.. document.Branches.Select(branch => (branch.Lane, branch.Bank.Columns))];

    /// <summary>
    /// The regions, each with the type of its highest defect, and all defects in them. Of very many regions, only the
    /// highest ones have a type, so that a wrong image costs little.
    /// </summary>
    public (IReadOnlyList<Region> Regions, IReadOnlyList<RegionType> Defects) Name(
        Inspection inspection, ScoredImage scored)
    {
        AnomalyMap sharp = sharpen(scored);
        if (IsWhole)
        {
            var all = RegionPixels.Whole(sharp.Width, sharp.Height);
            RegionType type = _classifier.Name(describer.Describe([all], sharp, scored)[0], all.Box);
            return ([.. inspection.Regions.Select(region => region with { Type = type })], [type]);
        }

        List<RegionPixels>[] cores = NameTeacher.CoresOf(inspection, sharp);
        double[][] descriptors = describer.Describe([.. cores.SelectMany(core => core)], sharp, scored);
        var regions = new List<Region>();
        var defects = new List<RegionType>();
        foreach (Region region in inspection.Regions)
        {
            if (regions.Count >= cores.Length)
            {
                regions.Add(region);
                continue;
            }

            int first = defects.Count;
            foreach (RegionPixels core in cores[regions.Count])
            {
                defects.Add(_classifier.Name(descriptors[defects.Count], core.Box));
            }

            regions.Add(region with { Type = defects[first] });
        }

        return (regions, defects);
    }
}
