namespace SemiDefect.Anomaly.Naming;

/// <summary>Matches the regions that a detector found to labeled defects. Stateless.</summary>
internal static class LabelMatcher
{
    // A region is of a label if it covers this share of the label, or if this share of it lies on the label: regions
    // reach beyond their defects, and long defects are found in pieces.
    private const double LeastOfLabel = 0.25;
    private const double LeastOfRegion = 0.5;

    /// <summary>The regions of each label, those that share most pixels with it first.</summary>
    /// <param name="labels">The pixels of each label; null for one that names the image as a whole.</param>
    /// <param name="regions">The regions, by descending peak.</param>
    public static List<int>[] Match(IReadOnlyList<RegionPixels?> labels, IReadOnlyList<RegionPixels> regions)
    {
        var matches = new List<(int Region, int Shared)>[labels.Count];
        for (int label = 0; label < labels.Count; label++)
        {
            matches[label] = [];
        }

        int whole = Enumerable.Range(0, labels.Count).FirstOrDefault(label => labels[label] is null, -1);
        for (int region = 0; region < regions.Count; region++)
        {
            (int best, int most) = (-1, 0);
            for (int label = 0; label < labels.Count; label++)
            {
                int shared = labels[label]?.CountShared(regions[region]) ?? 0;
                (best, most) = shared > most ? (label, shared) : (best, most);
            }

            bool isOf = best >= 0
                && (most >= LeastOfLabel * labels[best]!.Area || most >= LeastOfRegion * regions[region].Area);
            int chosen = isOf ? best : most == 0 ? whole : -1;
            if (chosen >= 0)
            {
                matches[chosen].Add((region, most));
            }
        }

        return
        [
            .. matches.Select(list => list.OrderByDescending(match => match.Shared)
                .Select(match => match.Region)
                .ToList()),
        ];
    }
}
