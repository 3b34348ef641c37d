using SemiDefect.Anomaly.Calibration;
using SemiDefect.Anomaly.Encoders;
using SemiDefect.Anomaly.Sources;
using SemiDefect.Anomaly.Tests.Serialization;
using SemiDefect.Anomaly.TestSupport;
using SemiDefect.Anomaly.Tuning;

namespace SemiDefect.Anomaly.Tests.Tuning;

public sealed class PlantedDefectsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [Trait("Speed", "Slow")]
    [InlineData(CalibrationMethod.Automatic, false, false)]
    [InlineData(CalibrationMethod.Automatic, true, false)]
    [InlineData(CalibrationMethod.Automatic, true, true)]
    [InlineData(CalibrationMethod.MaskedBank, true, true)]
    [InlineData(CalibrationMethod.RefittedBank, false, true)]
    [InlineData(CalibrationMethod.PooledBank, true, false)]
    public void A_picture_without_a_change_scores_as_its_good_image_does_out_of_fold(
        CalibrationMethod calibration, bool isWhitened, bool hasTwoLanes)
    {
        using AnomalyDetector detector = Fit(options => options with
        {
            Calibration = calibration,
            Whitening = isWhitened,
            Scales = hasTwoLanes ? [16, 24] : [],
            Scoring = new() { Smoothing = 0.7 },
            Planter = new TinyPlanter(isChanging: false),
        });
        IReadOnlyList<PlantedDefect> planted = detector.Description.Planted;
        IReadOnlyList<double> scores = detector.Thresholds.ImageScores;
        Assert.Equal(2 * scores.Count, planted.Count);
        Assert.Equal(scores.SelectMany(score => new[] { score, score }), planted.Select(defect => defect.Score));
    }

    [Fact]
    public void Planting_changes_nothing_else()
    {
        using AnomalyDetector without = Fit(options => options);
        using AnomalyDetector with = Fit(options => options with { Planter = new TinyPlanter() });
        Assert.Empty(without.Description.Planted);
        Assert.NotEmpty(with.Description.Planted);
        Assert.Equal(without.Fingerprint.Sha256, with.Fingerprint.Sha256);
        Assert.Equal(without.Thresholds.PixelPeaks, with.Thresholds.PixelPeaks);
    }

    [Fact]
    public void A_planted_defect_scores_higher_than_its_image_and_is_found_at_its_place()
    {
        using AnomalyDetector detector =
            Fit(options => options with { ResizeSize = 32, Planter = new TinyPlanter() });
        Assert.Contains(
            detector.Description.Planted,
            defect => defect.IsLocated && defect.Score > detector.Thresholds.ImageScores.Max());
    }

    [Fact]
    public void Trials_are_kept_by_a_threshold_and_an_update_and_left_out_of_a_merge()
    {
        string path = _folder.File("a.sdad");
        TinyDetector.MakeOfTwoLanes(_folder.Path, path);
        DetectorDescription before = AnomalyDetector.ReadDescription(path);
        Assert.Equal(6, before.Planted.Count);
        AnomalyDetector.ChangeThresholds(path, new ThresholdOptions { FalseAlarmRate = 0.1 });
        DetectorDescription after = AnomalyDetector.ReadDescription(path);
        Assert.Equal(before.Planted, after.Planted);
        Assert.Equal(before.Tuning!.Candidates.Count, after.Tuning!.Candidates.Count);

        string more = SyntheticParts.WriteGood(_folder.File("more"), 3, 24, 16, first: 50);
        var log = new ListLogger();
        using AnomalyDetector detector = AnomalyDetector.Load(path, new LoadOptions { Logger = log });
        using AnomalyDetector updated = detector.Update(ImageFolder.Open(more));
        Assert.Equal(before.Planted, updated.Description.Planted);
        Assert.NotNull(updated.Description.Tuning);

        using AnomalyDetector merged = AnomalyDetector.Merge(detector, updated);
        Assert.Empty(merged.Description.Planted);
        Assert.Null(merged.Description.Tuning);
        Assert.Contains(log.Lines, line => line.Contains("planted defects", StringComparison.Ordinal));
    }

    [Fact]
    public void A_record_that_could_not_be_read_is_not_written()
    {
        var options = new FitOptions { Tuning = TinyDetector.Record with { Chosen = 2 } };
        Assert.Throws<SemiDefectException>(options.Validate);
        (options with { Tuning = TinyDetector.Record }).Validate();
    }

    [Fact]
    public void A_bank_per_fold_refuses_planted_defects()
    {
        var options = new FitOptions { FoldBanks = true, ResizeSize = 32, Planter = new TinyPlanter() };
        Assert.Contains(
            "Planted defects", Assert.Throws<SemiDefectException>(options.Validate).Message, StringComparison.Ordinal);
    }

    private AnomalyDetector Fit(Func<FitOptions, FitOptions> change)
    {
        string good = SyntheticParts.WriteGood(_folder.File("good"), 11, 64, 48);
        FitOptions options = FitPresets.Create(FitPresets.Fast) with
        {
            Backbones = [BackboneFile.FromBytes("tiny", TinyOnnx.Relu([0, 3, 0, 0], [0, 3, 0, 0]), null)],
            ResizeSize = 24,
            Coreset = new(fraction: 0.1),
            Device = ExecutionDevice.Cpu,
        };
        return AnomalyDetector.Fit(ImageFolder.Open(good), change(options));
    }
}
