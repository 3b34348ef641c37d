using SemiDefect.Anomaly.Evaluation.Rehearsals;
using SemiDefect.Anomaly.Evaluation.Tuning;
using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.Tuning;

namespace SemiDefect.Anomaly.Evaluation.Tests.Tuning;

public sealed class EvenPlanterTests
{
    [Theory]
    [InlineData(1, 4, 80, 1)]
    [InlineData(16, 16, 30, 4)]
    [InlineData(36, 36, 80, 9)]
    [InlineData(37, 40, 80, 10)]
    [InlineData(36, 36, 4, 4)]
    [InlineData(72, 72, 13, 13)]
    public void Kinds_and_sizes_are_planted_equally_often(int asked, int planted, int count, int images)
    {
        var planter = new EvenPlanter(asked, 3);
        IReadOnlyList<int> chosen = planter.Choose(count);
        Assert.Equal(images, chosen.Count);
        Assert.Equal(chosen.Distinct().Order(), chosen);
        Assert.All(chosen, image => Assert.InRange(image, 0, count - 1));
        PlantedPicture[] pictures =
            [.. chosen.SelectMany(image => planter.Plant(image, count, TrackParts.Part(image)))];
        Assert.Equal(planted, pictures.Length);
        Assert.All(
            Enumerable.Range(0, 4), step => Assert.Equal(planted / 4, pictures.Count(picture => picture.Step == step)));
        Assert.All(
            RehearsalOptions.SoftKinds.Select(DefectKindNames.Of),
            kind => Assert.InRange(
                pictures.Count(picture => picture.Kind == kind), planted / 9, (planted + 8) / 9));
        Assert.Equal(
            Math.Min(36, planted), pictures.Select(picture => (picture.Kind, picture.Step)).Distinct().Count());
        Assert.Equal(
            planted, pictures.Select(picture => picture.Image.Sha256()).Distinct().Count());
    }

    [Fact]
    public void An_image_gets_each_size_once_and_the_same_each_time()
    {
        var planter = new EvenPlanter(36, 0);
        int image = planter.Choose(50)[4];
        Image good = TrackParts.Part(image);
        IReadOnlyList<PlantedPicture> first = planter.Plant(image, 50, good);
        IReadOnlyList<PlantedPicture> again = new EvenPlanter(36, 0).Plant(image, 50, good);
        Assert.Equal([0, 1, 2, 3], first.Select(picture => picture.Step).Order());
        Assert.Equal(first.Select(picture => picture.Box), again.Select(picture => picture.Box));
        Assert.Equal(first.Select(picture => picture.Image.Sha256()), again.Select(picture => picture.Image.Sha256()));
    }

    [Fact]
    public void About_as_many_as_there_are_good_images_are_planted_unless_there_are_too_few()
    {
        Assert.Equal(
            [0, 16, 16, 40, 360, 360],
            new[] { 19, 20, 39, 80, 720, 100_000 }.Select(EvenPlanter.DefaultCount));
        Assert.Throws<SemiDefectException>(() => new EvenPlanter(0, 0));
        Assert.Throws<SemiDefectException>(() => new EvenPlanter(EvenPlanter.MostDefects + 1, 0));
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public void A_higher_rate_finds_more_and_the_present_threshold_is_marked()
    {
        using AnomalyDetector detector = AnomalyDetector.Fit(
            TrackParts.Of(24),
            new FitOptions
            {
                ResizeSize = 64,
                Planter = new EvenPlanter(36, 0),
                Threshold = new() { FalseAlarmRate = 0.02 },
            });
        IReadOnlyList<ThresholdCost> costs = ThresholdCosts.Of(detector.Description);
        Assert.Equal([0.001, 0.01, 0.02, 0.05, 0.1], costs.Select(cost => cost.Rate!.Value));
        ThresholdCost present = Assert.Single(costs, cost => cost.IsPresent);
        Assert.Equal((0.02, detector.Thresholds.Image.Value), (present.Rate!.Value, present.Threshold));
        Assert.Equal(costs.Select(cost => cost.Threshold).OrderDescending(), costs.Select(cost => cost.Threshold));
        Assert.Equal(costs.Select(cost => cost.Found.Found).Order(), costs.Select(cost => cost.Found.Found));
        Assert.InRange(present.Found.Found, 1, 35);
        Assert.All(costs, cost => Assert.Equal(cost.Found.Found, cost.BySize.Sum(size => size.Found)));
        Assert.All(costs, cost => Assert.All(cost.BySize, size => Assert.Equal(9, size.Trials)));
        Assert.Equal([4, 9, 19, 43], ThresholdCosts.Sizes(detector.Description));
    }
}
