using SemiDefect.Anomaly.Naming;
using SemiDefect.Anomaly.Scoring;

namespace SemiDefect.Anomaly.Tests.Naming;

public sealed class RegionShapeTests
{
    private const int Side = 32;

    [Fact]
    public void A_turned_profile_is_the_profile_of_the_turned_map()
    {
        float[] values = [.. Enumerable.Range(0, Side * Side).Select(i => (float)(i % Side * 2 + i / Side))];
        double[] profile = ProfileOf(values);
        for (int variant = 0; variant < 8; variant++)
        {
            float[] turned = new float[values.Length];
            for (int i = 0; i < values.Length; i++)
            {
                (int x, int y) = (i % Side, i / Side);
                x = variant >= 4 ? Side - 1 - x : x;
                for (int turn = 0; turn < variant % 4; turn++)
                {
                    (x, y) = (Side - 1 - y, x);
                }

                turned[y * Side + x] = values[i];
            }

            // The samples of a cell are not in its middle, so they turn into others of nearly the same value.
            double[] expected = ProfileOf(turned);
            double[] actual = RegionShape.TurnProfile(profile, variant);
            Assert.All(Enumerable.Range(0, actual.Length), i => Assert.Equal(expected[i], actual[i], 0.05));
        }

        Assert.Equal(profile, RegionShape.TurnProfile(profile, 0));
        Assert.NotEqual(profile, RegionShape.TurnProfile(profile, 1));
    }

    private static double[] ProfileOf(float[] values)
    {
        double[] profile = new double[RegionShape.Profile];
        RegionShape.WriteProfile(RegionPixels.Whole(Side, Side), new AnomalyMap(Side, Side, values), profile);
        return profile;
    }
}
