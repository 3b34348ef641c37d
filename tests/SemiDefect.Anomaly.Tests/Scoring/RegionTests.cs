using SemiDefect.Anomaly.Scoring;

namespace SemiDefect.Anomaly.Tests.Scoring;

public class RegionTests
{
    [Fact]
    public void Regions_are_ordered_by_peak_and_measured_in_pixels()
    {
        var map = new AnomalyMap(6, 4, [
            9, 0, 0, 0, 0, 5,
            0, 8, 0, 0, 0, 5,
            0, 0, 0, 0, 0, 7,
            1, 1, 0, 0, 0, 0]);

        IReadOnlyList<Region> regions = map.FindRegions(1);

        // Diagonal pixels are connected, and a value equal to the threshold is not above it.
        Assert.Equal(
            [new Region(0, 0, 2, 2, 2, 9, 0, 0, 0.5, 0.5), new Region(5, 0, 1, 3, 3, 7, 5, 2, 5, 1)],
            regions);
    }

    [Fact]
    public void A_map_without_a_value_above_the_threshold_has_no_regions() =>
        Assert.Empty(new AnomalyMap(2, 1, [3, 3]).FindRegions(3));
}
