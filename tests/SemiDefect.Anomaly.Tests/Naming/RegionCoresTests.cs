using SemiDefect.Anomaly.Naming;
using SemiDefect.Anomaly.Scoring;

namespace SemiDefect.Anomaly.Tests.Naming;

public class RegionCoresTests
{
    private const int Side = 80;

    [Fact]
    public void A_region_of_one_peak_has_one_core_at_half_its_height()
    {
        RegionPixels core = Assert.Single(Find(Map((40, 40, 9))));
        Assert.InRange(core.Width, 17, 23);
        Assert.Equal(core.Width, core.Height);
        Assert.True(core.Contains(40, 40));
    }

    [Fact]
    public void A_region_that_joins_two_defects_has_a_core_for_each_the_highest_first()
    {
        List<RegionPixels> cores = Find(Map((20, 40, 5), (60, 40, 9)));
        Assert.Equal(2, cores.Count);
        Assert.True(cores[0].Contains(60, 40));
        Assert.True(cores[1].Contains(20, 40));
        Assert.False(cores[1].Contains(60, 40));
    }

    [Fact]
    public void A_region_that_the_sharp_map_does_not_show_is_its_own_core()
    {
        var flat = new AnomalyMap(Side, Side, new float[Side * Side]);
        RegionPixels core = Assert.Single(Find(flat));
        Assert.Equal((10, 10, 60, 60), (core.Left, core.Top, core.Width, core.Height));
    }

    private static List<RegionPixels> Find(AnomalyMap map) =>
        RegionCores.Find(RegionPixels.Of(10, 10, 60, 60, (_, _) => true)!, map, 1);

    // Cones that fall to 0 within 20 pixels.
    private static AnomalyMap Map(params (int X, int Y, float Height)[] peaks)
    {
        float[] values = new float[Side * Side];
        for (int i = 0; i < values.Length; i++)
        {
            foreach ((int x, int y, float height) in peaks)
            {
                double distance = Math.Sqrt(Math.Pow(i % Side - x, 2) + Math.Pow(i / Side - y, 2));
                values[i] = Math.Max(values[i], (float)(height * Math.Max(0, 1 - distance / 20)));
            }
        }

        return new AnomalyMap(Side, Side, values);
    }
}
