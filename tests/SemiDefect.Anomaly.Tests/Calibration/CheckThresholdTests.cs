using CsCheck;
using SemiDefect.Anomaly.Calibration;
using SemiDefect.Anomaly.Sources;
using SemiDefect.Anomaly.TestSupport;

namespace SemiDefect.Anomaly.Tests.Calibration;

public sealed class CheckThresholdTests : IDisposable
{
    private static readonly Gen<double[]> Scores = Gen.Double[1, 2].Array[2, 120];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_check_threshold_is_what_the_same_rule_gives_for_the_check_rate() =>
        Gen.Select(Scores, Gen.Bool).Sample((scores, byQuantile) =>
        {
            var options = new ThresholdOptions
            {
                Method = byQuantile ? ThresholdMethod.Quantile : ThresholdMethod.Conformal,
            };
            ThresholdEstimate threshold = ThresholdRule.Compute(scores, options);
            ThresholdEstimate check = ThresholdRule.ComputeCheck(scores, options, threshold)!;
            ThresholdEstimate alone = ThresholdRule.Compute(
                scores, options with { FalseAlarmRate = options.CheckRate, CheckRate = 0 });
            Assert.Equal((alone.Value, alone.Method), (check.Value, check.Method));
            Assert.Equal(threshold, ThresholdRule.Compute(scores, options with { CheckRate = 0 }));
            bool saysEmpty = check.Note?.StartsWith("The check threshold", StringComparison.Ordinal) == true;
            Assert.Equal(check.Value >= threshold.Value, saysEmpty);
        });

    [Fact]
    public void Without_a_rate_of_its_own_the_band_follows_from_the_other_options()
    {
        Assert.Equal(0.05, new ThresholdOptions().CheckRate);
        Assert.Equal(0.05, new ThresholdOptions { FalseAlarmRate = 0.001 }.CheckRate);
        Assert.Equal(0, new ThresholdOptions { FalseAlarmRate = 0.05 }.CheckRate);
        Assert.Equal(0, new ThresholdOptions { Method = ThresholdMethod.Fixed, FixedValue = 1 }.CheckRate);
        Assert.Equal(0, new ThresholdOptions { Method = ThresholdMethod.FoldMaxima }.CheckRate);
        Assert.Equal(0.05, (new ThresholdOptions { FalseAlarmRate = 0.1 } with { FalseAlarmRate = 0.02 }).CheckRate);
        foreach (string preset in FitPresets.Names)
        {
            bool isOurs = preset is FitPresets.Default or FitPresets.Fast;
            Assert.Equal(isOurs ? 0.05 : 0, FitPresets.Create(preset).Threshold.CheckRate);
        }
    }

    [Theory]
    [InlineData(0.01, 0.01)]
    [InlineData(0.2, 0.1)]
    public void A_check_rate_that_is_not_above_the_false_alarm_rate_is_refused(double rate, double check)
    {
        var options = new ThresholdOptions { FalseAlarmRate = rate, CheckRate = check };
        string message = Assert.Throws<SemiDefectException>(options.Validate).Message;
        Assert.Contains("not above the false-alarm rate", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-0.1)]
    [InlineData(1e-9)]
    [InlineData(double.NaN)]
    public void A_check_rate_that_is_none_is_refused(double check) =>
        Assert.Throws<SemiDefectException>(() => new ThresholdOptions { CheckRate = check });

    [Fact]
    public void A_method_without_a_rate_takes_no_check_rate() =>
        Assert.Contains(
            "'fold-maxima' has no rate",
            Assert.Throws<SemiDefectException>(
                new ThresholdOptions { Method = ThresholdMethod.FoldMaxima, CheckRate = 0.1 }.Validate).Message,
            StringComparison.Ordinal);

    [Fact]
    public void A_score_at_a_threshold_gets_the_milder_answer()
    {
        var rule = new DecisionRule(3, 2);
        Assert.True(rule.HasBand);
        Assert.Equal(
            [Decision.Normal, Decision.Normal, Decision.Check, Decision.Check, Decision.Abnormal],
            ((double[])[1, 2, 2.5, 3, 3.5]).Select(rule.Decide));
        Assert.Equal(Decision.Normal, new DecisionRule(3).Decide(3));

        // An empty band leaves the threshold alone.
        var empty = new DecisionRule(3, 3);
        Assert.False(empty.HasBand);
        Assert.Equal([Decision.Normal, Decision.Abnormal], ((double[])[3, 3.1]).Select(empty.Decide));
        Assert.All(
            Enum.GetValues<Decision>(),
            decision => Assert.Equal(decision, DecisionRule.Find(DecisionRule.NameOf(decision))));
        Assert.Null(DecisionRule.Find("Check"));
    }

    [Fact]
    public void The_band_moves_neither_scores_nor_thresholds_and_is_stored()
    {
        using AnomalyDetector two = Fit(new ThresholdOptions { CheckRate = 0 });
        using AnomalyDetector three = Fit(new ThresholdOptions { CheckRate = 0.3 });
        Assert.Null(two.Thresholds.Check);
        Assert.Equal(two.Thresholds.ImageScores, three.Thresholds.ImageScores);
        Assert.Equal((two.Thresholds.Image, two.Thresholds.Pixel), (three.Thresholds.Image, three.Thresholds.Pixel));
        Assert.NotEqual(two.Fingerprint.Thresholds, three.Fingerprint.Thresholds);

        three.Save(_folder.File("three.sdad"));
        using AnomalyDetector loaded = AnomalyDetector.Load(_folder.File("three.sdad"));
        Assert.Equal(three.Thresholds.Check, loaded.Thresholds.Check);
        Assert.Equal(three.Thresholds.Options, loaded.Thresholds.Options);
        Inspection[] inspections = [.. loaded.InspectAll(ImageFolder.Open(_folder.File("good")))];
        double check = loaded.Thresholds.Check!.Value;
        Assert.All(inspections, inspection => Assert.Equal(
            inspection.Score > inspection.Threshold ? Decision.Abnormal
                : inspection.Score > check ? Decision.Check
                : Decision.Normal,
            inspection.Decision));
        Inspection inBand = inspections[0].WithThreshold(inspections[0].Score, inspections[0].Score / 2);
        Assert.Equal((Decision.Check, false), (inBand.Decision, inBand.IsAbnormal));
        Assert.Equal(Decision.Normal, inspections[0].WithThreshold(inspections[0].Score).Decision);
    }

    [Fact]
    public void A_changed_check_rate_changes_the_check_threshold_alone()
    {
        string path = Save(new ThresholdOptions());
        AnomalyDetector.ChangeThresholds(path, new ThresholdOptions(), pixelValue: 7);
        byte[] with5Percent = File.ReadAllBytes(path);
        (DetectorThresholds before, DetectorThresholds after) =
            AnomalyDetector.ChangeThresholds(path, now => now with { CheckRate = 0.3 });
        Assert.Equal((before.Image, before.Pixel), (after.Image, after.Pixel));
        Assert.Equal(7, after.Pixel.Value);
        Assert.Equal(
            ThresholdRule.Compute([.. after.ImageScores], new ThresholdOptions { FalseAlarmRate = 0.3 }).Value,
            after.Check!.Value);
        Assert.Null(AnomalyDetector.ChangeThresholds(path, now => now with { CheckRate = 0 }).After.Check);
        AnomalyDetector.ChangeThresholds(path, now => now with { CheckRate = 0.05 });
        Assert.Equal(with5Percent, File.ReadAllBytes(path));
        var byHand = new ThresholdOptions { Method = ThresholdMethod.Fixed, FixedValue = 3 };
        Assert.Null(AnomalyDetector.ChangeThresholds(path, byHand).After.Check);
        Assert.Throws<SemiDefectException>(
            () => AnomalyDetector.ChangeThresholds(path, now => now with { CheckRate = 0.05 }));
    }

    [Fact]
    public void Only_a_file_with_a_band_has_the_newer_component()
    {
        JsonVersion(Save(new ThresholdOptions { CheckRate = 0 }), expected: 1);
        JsonVersion(Save(new ThresholdOptions()), expected: 2);

        static void JsonVersion(string path, int expected)
        {
            Serialization.DetectorFileParts parts = Serialization.DetectorFileParts.Parse(File.ReadAllBytes(path));
            Assert.Equal(expected, (int)parts.Components("thresholds").Single()["version"]!);
            Assert.Equal(expected == 2, parts.Options("thresholds").Single()["check"] is not null);
            Assert.Equal(expected == 2, parts.Options("thresholds").Single()["options"]!["checkRate"] is not null);
        }
    }

    [Fact]
    public void Growing_keeps_the_band()
    {
        using AnomalyDetector first = Fit(new ThresholdOptions { CheckRate = 0.3 });
        string more = SyntheticParts.WriteGood(_folder.File("more"), 8, first: 100);
        using AnomalyDetector updated = first.Update(ImageFolder.Open(more));
        using AnomalyDetector second = Fit(new ThresholdOptions { CheckRate = 0.3 }, "more");
        using AnomalyDetector merged = AnomalyDetector.Merge(first, second);
        foreach (DetectorThresholds grown in (DetectorThresholds[])[updated.Thresholds, merged.Thresholds])
        {
            Assert.Equal(0.3, grown.Options.CheckRate);
            Assert.Equal(
                ThresholdRule.ComputeCheck([.. grown.ImageScores], grown.Options, grown.Image), grown.Check);
        }

        using AnomalyDetector two = Fit(new ThresholdOptions { CheckRate = 0 }, "more");
        Assert.Throws<SemiDefectException>(() => AnomalyDetector.Merge(first, two));
    }

    private AnomalyDetector Fit(ThresholdOptions threshold, string name = "good")
    {
        string good = _folder.File(name);
        if (!Directory.Exists(good))
        {
            SyntheticParts.WriteGood(good, 12);
        }

        return AnomalyDetector.Fit(
            ImageFolder.Open(good),
            FitPresets.Create(FitPresets.Fast) with
            {
                ResizeSize = 64,
                Coreset = new(fraction: 0.1),
                Folds = 4,
                Threshold = threshold,
            });
    }

    private string Save(ThresholdOptions threshold)
    {
        string path = _folder.File($"{threshold.CheckRate}.sdad");
        using AnomalyDetector detector = Fit(threshold);
        detector.Save(path);
        return path;
    }
}
