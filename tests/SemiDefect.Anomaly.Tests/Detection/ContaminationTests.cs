using SemiDefect.Anomaly.Sources;
using SemiDefect.Anomaly.TestSupport;

namespace SemiDefect.Anomaly.Tests.Detection;

/// <summary>Defects among the good images are named, and left out on request.</summary>
public sealed class ContaminationTests : IDisposable
{
    private static readonly FitOptions Small = new() { Scales = [64], GoldenImages = 0 };

    private readonly TemporaryFolder _folder = new();
    private readonly ImageFolder _images;

    public ContaminationTests()
    {
        SyntheticParts.WriteGood(_folder.File("parts"), 16);
        SyntheticParts.WriteBad(_folder.File("parts/007-blot.png"));
        _images = ImageFolder.Open(_folder.File("parts"));
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    [Trait("Speed", "Slow")]
    public void They_are_left_out_up_to_the_share_that_is_given()
    {
        using AnomalyDetector dirty = AnomalyDetector.Fit(_images, Small);
        using AnomalyDetector clean = AnomalyDetector.Fit(_images, Small with { Contamination = 0.06 });

        Assert.Equal(["007-blot.png"], clean.Description.LeftOut);
        Assert.DoesNotContain("007-blot.png", clean.Description.Images);
        Assert.Equal(16, clean.Description.Images.Count);
        Assert.True(clean.Thresholds.Image.Value < dirty.Thresholds.Image.Value);
        Assert.Empty(dirty.Description.LeftOut);
        string blot = _folder.File("parts/007-blot.png");
        Assert.True(clean.Inspect(blot).IsAbnormal);
        Assert.False(dirty.Inspect(blot).IsAbnormal);
    }

    [Fact]
    public void The_rest_gives_the_detector_that_a_fit_of_the_rest_gives()
    {
        using AnomalyDetector left = AnomalyDetector.Fit(_images, Small with { Contamination = 0.06 });
        File.Delete(_folder.File("parts/007-blot.png"));
        using AnomalyDetector rest = AnomalyDetector.Fit(ImageFolder.Open(_folder.File("parts")), Small);

        Assert.Equal(rest.Fingerprint.Sha256, left.Fingerprint.Sha256);
        Assert.Equal(rest.Thresholds.ImageScores, left.Thresholds.ImageScores);
    }

    [Fact]
    public void A_share_too_small_for_one_image_leaves_none_out()
    {
        using AnomalyDetector detector = AnomalyDetector.Fit(_images, Small with { Contamination = 0.05 });

        Assert.Empty(detector.Description.LeftOut);
    }

    [Fact]
    public void The_names_are_in_the_file()
    {
        using AnomalyDetector detector = AnomalyDetector.Fit(_images, Small with { Contamination = 0.06 });
        string file = _folder.File("m.sdad");
        detector.Save(file);

        Assert.Equal(["007-blot.png"], AnomalyDetector.ReadDescription(file).LeftOut);
    }

    [Fact]
    public void The_logger_is_told_of_images_that_stand_out()
    {
        var logger = new ListLogger();
        using AnomalyDetector detector = AnomalyDetector.Fit(_images, Small with { Logger = logger });

        Assert.Contains(logger.Lines, line => line.Contains("007-blot.png", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(0.31)]
    [InlineData(double.NaN)]
    public void Other_shares_are_refused(double share) =>
        Assert.Throws<SemiDefectException>(() => new FitOptions { Contamination = share });
}
