using SemiDefect.Anomaly.Encoders;
using SemiDefect.Anomaly.Evaluation.Tuning;
using SemiDefect.Anomaly.Search.Coresets;
using SemiDefect.Anomaly.Sources;

namespace SemiDefect.Anomaly.Evaluation.Tests.Tuning;

public sealed class InspectionCostTests
{
    private static readonly BackboneFile Compact = BackboneFile.Open("compact");

    [Theory]
    [InlineData(0, true)]
    [InlineData(4, false)]
    public void The_search_costs_patches_times_values_times_rows(int turns, bool isWhitened)
    {
        var options = new FitOptions { ResizeSize = 64, Turns = turns, Whitening = isWhitened };
        using AnomalyDetector detector = AnomalyDetector.Fit(TrackParts.Of(8), options);
        LaneDescription lane = detector.Description.Lanes[0];
        long patches = lane.Patches / 8 / Math.Max(1, turns);
        long values = lane.Dimension;
        InspectionCost cost = InspectionCost.Of(options, Compact, 128, 128, 8)!.Value;
        long weighting = isWhitened ? values * (values + 1) / 2 : 0;
        Assert.Equal(patches * (values * lane.BankRows[0] + weighting), cost.Search);
        Assert.Equal((long)(Compact.Manifest!.MultiplyAdds224 / (224.0 * 224) * 64 * 64), cost.Networks);
        Assert.Equal(cost.Networks + cost.Search, cost.Total);
    }

    [Fact]
    public void A_larger_bank_costs_more_and_tiles_count_their_overlap()
    {
        var options = new FitOptions { ResizeSize = 256 };
        InspectionCost Of(FitOptions changed, int images = 30) =>
            InspectionCost.Of(changed, Compact, 256, 256, images)!.Value;
        Assert.True(Of(options, 60).Search > Of(options).Search);
        Assert.Equal(Of(options, 10_000), Of(options, 20_000));
        Assert.Equal(Of(options, 60).Networks, Of(options).Networks);
        Assert.True(
            Of(options with { Coreset = new CoresetOptions(count: 100) }).Search < Of(options).Search / 10);
        Assert.True(Of(options with { Tile = 144, TileOverlap = 32 }).Networks > Of(options).Networks);
        Assert.Equal(
            Of(options) + Of(options with { ResizeSize = 512 }), Of(options with { Scales = [256, 512] }));
    }

    [Fact]
    public void What_costs_more_than_the_limit_is_refused_before_the_fit()
    {
        ImageList good = TrackParts.Of(6);
        var options = new FitOptions { ResizeSize = 64 };
        long cost = InspectionCost.Of(options, Compact, 128, 128, 6)!.Value.Total;
        Assert.Equal(options, CostLimit.Require(good, options, cost));
        Assert.Contains(
            "more than the limit",
            Assert.Throws<SemiDefectException>(() => CostLimit.Require(good, options, cost - 1)).Message,
            StringComparison.Ordinal);
        BackboneFile silent = BackboneFile.FromBytes("silent", Compact.Content.ToArray(), null);
        Assert.Contains(
            "does not state its multiply-adds",
            Assert.Throws<SemiDefectException>(
                () => CostLimit.Require(good, options with { Backbones = [silent] }, long.MaxValue)).Message,
            StringComparison.Ordinal);
    }
}
