using SemiDefect.Anomaly.Banks;
using SemiDefect.Anomaly.Detection;
using SemiDefect.Anomaly.Encoders;
using SemiDefect.Anomaly.Scoring;

namespace SemiDefect.Anomaly.Naming;

/// <summary>
/// Describes regions of inspected images by a fixed number of values, in blocks: for each lane, the mean of the patches
/// of the region, the mean of their differences from the nearest good patches, and the extremes of these differences;
/// then size, shape and contrast, and the profile of the map. Immutable and thread-safe; does not own the banks.
/// </summary>
internal sealed class RegionDescriber
{
    // Together over all lanes.
    private const int MostMeans = 512;
    private const int MostExtremes = 64;
    private const int FewestPerLane = 4;

    private readonly (int Branch, PatchReduction Means, PatchReduction Extremes)[] _lanes;
    private readonly IReadOnlyList<MemoryBank> _banks;
    private readonly double _pixelThreshold;

    /// <summary>The pixel threshold, to which contrasts are relative.</summary>
    public double PixelThreshold => _pixelThreshold;

    /// <summary>A describer for a detector.</summary>
    /// <param name="branches">The lane of each branch, and the values of its patches.</param>
    /// <param name="banks">The bank of each branch.</param>
    /// <param name="pixelThreshold">The pixel threshold, to which contrasts are relative.</param>
    public RegionDescriber(
        IReadOnlyList<(int Lane, int Dimension)> branches, IReadOnlyList<MemoryBank> banks, double pixelThreshold)
    {
        (_banks, _pixelThreshold) = (banks, pixelThreshold);
        Blocks = BlocksOf(branches);
        int lanes = branches.Select(branch => branch.Lane).Distinct().Count();
        _lanes =
        [
            .. branches.Select((branch, i) => (branch.Lane, branch.Dimension, Branch: i))
                .DistinctBy(branch => branch.Lane)
                .OrderBy(branch => branch.Lane)
                .Select(branch => (
                    branch.Branch,
                    new PatchReduction(branch.Dimension, PerLane(MostMeans, lanes)),
                    new PatchReduction(branch.Dimension, PerLane(MostExtremes, lanes)))),
        ];
        Dimension = Blocks.Sum();
    }

    /// <summary>The number of values of a descriptor.</summary>
    public int Dimension { get; }

    /// <summary>The number of values of each block, in order.</summary>
    public IReadOnlyList<int> Blocks { get; }

    /// <summary>The number of values of each block of the descriptors of a detector.</summary>
    public static int[] BlocksOf(IReadOnlyList<(int Lane, int Dimension)> branches)
    {
        (int Lane, int Dimension)[] lanes =
            [.. branches.DistinctBy(branch => branch.Lane).OrderBy(branch => branch.Lane)];
        return
        [
            .. lanes.SelectMany(lane =>
            {
                int means = Math.Min(lane.Dimension, PerLane(MostMeans, lanes.Length));
                int extremes = Math.Min(lane.Dimension, PerLane(MostExtremes, lanes.Length));
                return (int[])[means, means, 2 * extremes];
            }),
            RegionShape.Figures,
            RegionShape.Profile,
        ];
    }

    /// <summary>Describes regions of an image.</summary>
    /// <param name="regions">The pixels of each.</param>
    /// <param name="map">The anomaly map at the size of the image.</param>
    /// <param name="scored">The image, with its patch grids.</param>
    public double[][] Describe(IReadOnlyList<RegionPixels> regions, AnomalyMap map, ScoredImage scored)
    {
        double[][] descriptors = [.. regions.Select(_ => new double[Dimension])];
        int at = 0;
        for (int lane = 0; lane < _lanes.Length; lane++)
        {
            (int branch, PatchReduction means, PatchReduction extremes) = _lanes[lane];
            IReadOnlyList<PatchScores> views = scored.Branches[branch].Views;
            List<(int View, int Vector)>[] members = FindMembers(regions, views);
            for (int i = 0; i < regions.Count; i++)
            {
                Span<double> own = descriptors[i].AsSpan(at, 2 * (means.Outputs + extremes.Outputs));
                DescribePatches(members[i], views, scored.Grids![lane], _banks[branch], means, extremes, own);
            }

            at += 2 * (means.Outputs + extremes.Outputs);
        }

        for (int i = 0; i < regions.Count; i++)
        {
            RegionShape.WriteFigures(
                regions[i], map, _pixelThreshold, descriptors[i].AsSpan(at, RegionShape.Figures));
            RegionShape.WriteProfile(
                regions[i], map, descriptors[i].AsSpan(at + RegionShape.Figures, RegionShape.Profile));
        }

        return descriptors;
    }

    private static int PerLane(int all, int lanes) => Math.Max(FewestPerLane, all / lanes);

    // The patches whose centers lie in each region; if there is none, the one that is nearest to its center.
    private static List<(int View, int Vector)>[] FindMembers(
        IReadOnlyList<RegionPixels> regions, IReadOnlyList<PatchScores> views)
    {
        List<(int, int)>[] members = [.. regions.Select(_ => new List<(int, int)>())];
        var nearest = new (int View, int Vector)[regions.Count];
        double[] distances = [.. regions.Select(_ => double.PositiveInfinity)];
        for (int view = 0; view < views.Count; view++)
        {
            PatchLayout layout = views[view].Layout;
            for (int vector = 0; vector < layout.Count; vector++)
            {
                (double x, double y) = layout.View.PatchCenter(layout.PatchOf(vector), layout.Height, layout.Width);
                (int column, int row) = ((int)Math.Floor(x + 0.5), (int)Math.Floor(y + 0.5));
                for (int i = 0; i < regions.Count; i++)
                {
                    RegionPixels region = regions[i];
                    if (region.Contains(column, row))
                    {
                        members[i].Add((view, vector));
                    }

                    double dx = x - (region.Left + (region.Width - 1) / 2.0);
                    double dy = y - (region.Top + (region.Height - 1) / 2.0);
                    double distance = dx * dx + dy * dy;
                    if (distance < distances[i])
                    {
                        (distances[i], nearest[i]) = (distance, (view, vector));
                    }
                }
            }
        }

        for (int i = 0; i < members.Length; i++)
        {
            if (members[i].Count == 0 && double.IsFinite(distances[i]))
            {
                members[i].Add(nearest[i]);
            }
        }

        return members;
    }

    // Patches count by the square of their score: regions reach beyond their defects, and the score falls there.
    private static void DescribePatches(
        List<(int View, int Vector)> members,
        IReadOnlyList<PatchScores> views,
        IReadOnlyList<PatchGrid> grids,
        MemoryBank bank,
        PatchReduction means,
        PatchReduction extremes,
        Span<double> result)
    {
        int dimension = bank.Vectors.Columns;
        double[] mean = new double[dimension];
        double[] deviation = new double[dimension];
        double[] difference = new double[dimension];
        double[] reduced = new double[extremes.Outputs];
        Span<double> highest = result.Slice(2 * means.Outputs, extremes.Outputs);
        Span<double> lowest = result[(2 * means.Outputs + extremes.Outputs)..];
        double total = 0;
        foreach ((int view, int vector) in members)
        {
            double score = views[view].Values[vector];
            double weight = score * score + 1e-12;
            total += weight;
            ReadOnlySpan<float> patch = grids[view].Vectors.Span.Slice(vector * dimension, dimension);
            ReadOnlySpan<float> good = bank.Vectors.Row(views[view].NearestRows[vector]);
            for (int i = 0; i < dimension; i++)
            {
                difference[i] = (double)patch[i] - good[i];
                mean[i] += weight * patch[i];
                deviation[i] += weight * difference[i];
            }

            extremes.Apply(difference, reduced);
            for (int i = 0; i < reduced.Length; i++)
            {
                highest[i] = Math.Max(highest[i], reduced[i]);
                lowest[i] = Math.Min(lowest[i], reduced[i]);
            }
        }

        for (int i = 0; i < dimension && total > 0; i++)
        {
            mean[i] /= total;
            deviation[i] /= total;
        }

        means.Apply(mean, result[..means.Outputs]);
        means.Apply(deviation, result.Slice(means.Outputs, means.Outputs));
    }
}
