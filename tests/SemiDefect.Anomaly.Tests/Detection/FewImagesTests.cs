using CsCheck;
using SemiDefect.Anomaly.Calibration;
using SemiDefect.Anomaly.Detection;
using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.Scoring;
using SemiDefect.Anomaly.Sources;
using SemiDefect.Anomaly.Tests.Support;
using SemiDefect.Anomaly.Views;

namespace SemiDefect.Anomaly.Tests.Detection;

/// <summary>What a fit does with 1 to 16 good images.</summary>
public sealed class FewImagesTests
{
    [Theory]
    [InlineData(1, 4, 5)]
    [InlineData(7, 4, 7)]
    [InlineData(8, null, 8)]
    [InlineData(16, null, 16)]
    public void Few_images_are_turned_kept_whole_and_scored_by_all_others(int count, int? turns, int folds)
    {
        FitOptions chosen = FewImages.Choose(new FitOptions(), count);
        Assert.Equal((turns, folds), (chosen.Turns, chosen.Folds));
        Assert.Equal((1.0, 20_000), (chosen.Coreset.Fraction!.Value, chosen.Coreset.Maximum!.Value));
    }

    [Fact]
    public void More_images_and_what_the_options_name_stay()
    {
        foreach ((FitOptions given, int count) in ((FitOptions, int)[])
            [
                (new FitOptions(), 17),
                (new FitOptions { FewImages = false }, 4),
                (new FitOptions { ResizeSize = 64 }, 4),
                (new FitOptions { FoldBanks = true }, 4),
                (FitPresets.Create(FitPresets.Fast), 1),
                (new FitOptions { Turns = 0 }, 1),
                (new FitOptions { Threshold = new() { Method = ThresholdMethod.Fixed, FixedValue = 2 } }, 1),
            ])
        {
            Assert.Same(given, FewImages.Choose(given, count));
        }

        FitOptions named = new() { Turns = 8, Folds = 40, Coreset = new(fraction: 0.3) };
        FitOptions chosen = FewImages.Choose(named, 4);
        Assert.Equal((8, 40, 0.3), (chosen.Turns, chosen.Folds, chosen.Coreset.Fraction));
        Assert.Equal(4, FewImages.Choose(new FitOptions { ResizeSize = 64 }, 1).Turns);
    }

    [Fact]
    public void A_single_image_is_scored_by_its_own_turned_copies()
    {
        // No whole number of cells, so that the cells of a turned copy show other pixels.
        Image image = Pictures.Noise(68, 68, 3);
        FitOptions options = CellFits.Options() with { Turns = null };
        using AnomalyDetector detector = AnomalyDetector.Fit(new ImageList([("a", image)]), options);

        // The same by hand: a detector of the three turned copies, which inspects the image.
        (string, Image)[] turned =
            [.. ((int[])[90, 180, 270]).Select(turn => ($"{turn}", ViewTurner.Turn(image, new ViewTurn(turn, false))))];
        ImageList copies = new(turned);
        using AnomalyDetector others = AnomalyDetector.Fit(copies, CellFits.Options());
        double score = others.Inspect(image).Score;
        Assert.True(score > 0);
        Assert.Equal([score], detector.Thresholds.ImageScores);
        Assert.Equal(0, detector.Inspect(image).Score);
        Assert.True(detector.Thresholds.Image.Value > score);
        Assert.Contains("can promise no false-alarm rate", detector.Thresholds.Image.Note, StringComparison.Ordinal);
        Assert.True(detector.Inspect(image.With(20, 20, 16, 16, 255)).IsAbnormal);
    }

    [Fact]
    public void One_image_without_turned_copies_is_refused()
    {
        ImageList one = new([("a", Pictures.Texture(64, 64, 3))]);
        foreach (FitOptions options in (FitOptions[])
            [
                CellFits.Options(),
                CellFits.Options() with { Turns = null, FewImages = false },
            ])
        {
            string message =
                Assert.Throws<SemiDefectException>(() => AnomalyDetector.Fit(one, options)).Message;
            Assert.Contains("two or more", message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_spread_of_few_scores_lies_between_theirs_and_the_expected_one()
    {
        Gen.Double[0.1, 100].Array[1, 40].Sample(scores =>
        {
            ScoreScale own = ScoreScale.Of(scores);
            ScoreScale scale = ScoreScale.OfFew(scores);
            Assert.Equal(own.Center, scale.Center);
            if (scores.Length > 16)
            {
                Assert.Equal(own, scale);
                return;
            }

            double expected = 0.1 * own.Center;
            double margin = 1e-9 * expected;
            Assert.InRange(
                scale.Spread, Math.Min(own.Spread, expected) - margin, Math.Max(own.Spread, expected) + margin);
        });

        // On the scale of one score, every score is its ratio to that one.
        Assert.Equal(1.5, ScoreScale.OfFew([4]).Normalize(6), 1e-12);
    }
}
