using CsCheck;
using SemiDefect.Anomaly.Calibration;

namespace SemiDefect.Anomaly.Tests.Calibration;

/// <summary>Which scores stand out.</summary>
public sealed class OutlierRuleTests
{
    [Fact]
    public void Scores_beyond_the_fence_are_found_highest_first()
    {
        // Quartiles 2 and 4: the fence of 3 ranges is at 10.
        double[] scores = [1, 20, 2, 10, 3, 4, 3, 11, 2, 2, 4, 3, 1];

        Assert.Equal([1, 7], OutlierRule.Find(scores, OutlierRule.FarOut));
    }

    [Fact]
    public void Eleven_scores_say_too_little() =>
        Assert.Empty(OutlierRule.Find([1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1000], OutlierRule.FarOut));

    [Fact]
    public void Order_does_not_matter_and_a_wider_fence_finds_fewer() =>
        Gen.Select(Gen.Double[0, 100].Array[4, 40], Gen.Double[0, 5]).Sample((scores, fence) =>
        {
            double[] found = [.. OutlierRule.Find(scores, fence).Select(image => scores[image])];
            double[] reversed = [.. scores.Reverse()];

            Assert.Equal(found, OutlierRule.Find(reversed, fence).Select(image => reversed[image]));
            Assert.True(OutlierRule.Find(scores, fence + 1).Count <= found.Length);
            Assert.Equal(found.OrderDescending(), found);
        });
}
