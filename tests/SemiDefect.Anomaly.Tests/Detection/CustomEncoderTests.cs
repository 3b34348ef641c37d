using SemiDefect.Anomaly.Encoders;
using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.Serialization;
using SemiDefect.Anomaly.Sources;
using SemiDefect.Anomaly.Tests.Support;
using SemiDefect.Anomaly.TestSupport;
using SemiDefect.Anomaly.Views;

namespace SemiDefect.Anomaly.Tests.Detection;

public class CustomEncoderTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_saved_detector_opens_with_its_encoder_and_gives_the_same_scores(bool severalScales)
    {
        using var folder = new TemporaryFolder();
        FitOptions options = CellFits.Options() with { GoldenImages = 1 };
        options = severalScales ? options with { Resize = ResizeKind.Squash, Scales = [64, 96, 128] } : options;
        using AnomalyDetector fitted = AnomalyDetector.Fit(Pictures.Good(5, 96, 96), options);
        fitted.Save(folder.File("d.sdad"));
        using AnomalyDetector loaded = AnomalyDetector.Load(
            folder.File("d.sdad"), new LoadOptions { Encoder = new CellEncoder() });
        Assert.Equal(severalScales ? 3 : 1, loaded.Document.Lanes.Count);
        Assert.All(loaded.Document.Lanes, lane =>
            Assert.True(lane.Backbone is { IsCustom: true, Name: "cells", Sha256: "cell" }));
        Image bad = Pictures.Texture(96, 96, 40).With(30, 60, 9, 9, 0);
        Assert.Equal(fitted.Inspect(bad).Score, loaded.Inspect(bad).Score);
        Assert.Equal(fitted.Inspect(bad).Map.Values, loaded.Inspect(bad).Map.Values);
        Assert.True(loaded.Inspect(bad).IsAbnormal);
        Assert.Equal(0, loaded.Verify().ScoreDeviation);
        fitted.Save(folder.File("again.sdad"));
        loaded.Save(folder.File("loaded.sdad"));
        Assert.Equal(File.ReadAllBytes(folder.File("again.sdad")), File.ReadAllBytes(folder.File("loaded.sdad")));
    }

    [Fact]
    public void Without_its_encoder_or_with_another_one_a_detector_does_not_open()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("d.sdad");
        using (AnomalyDetector fitted = AnomalyDetector.Fit(Pictures.Good(3, 64, 64), CellFits.Options()))
        {
            fitted.Save(path);
        }

        string expected =
            $"The detector file '{path}' was fitted with the encoder 'cells' (cell), which must be given to open it.";
        using var other = new CellEncoder("another");
        Assert.Equal(expected, Assert.Throws<DetectorFileException>(() => AnomalyDetector.Load(path)).Message);
        Assert.Equal(
            expected,
            Assert.Throws<DetectorFileException>(
                () => AnomalyDetector.Load(path, new LoadOptions { Encoder = other })).Message);
        Assert.Equal("cells", AnomalyDetector.ReadDocument(path).Backbone.Name);
    }

    [Fact]
    public void A_detector_disposes_of_its_encoder()
    {
        var encoder = new CellEncoder();
        AnomalyDetector detector = AnomalyDetector.Fit(
            Pictures.Good(3, 96, 96), CellFits.Options(encoder) with { Resize = ResizeKind.Squash, Scales = [64, 96] });
        Assert.Equal(0, encoder.Disposals);
        detector.Dispose();
        Assert.Equal(1, encoder.Disposals);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_last_detector_that_shares_an_encoder_disposes_of_it(bool oldFirst)
    {
        var encoder = new CellEncoder();
        AnomalyDetector old = AnomalyDetector.Fit(Pictures.Good(3, 96, 96), CellFits.Options(encoder));
        AnomalyDetector updated = old.Update(new ImageList([("more", Pictures.Texture(96, 96, 50))]));
        AnomalyDetector merged = AnomalyDetector.Merge(old, updated);
        AnomalyDetector[] detectors = oldFirst ? [old, updated, merged] : [merged, updated, old];
        foreach (AnomalyDetector detector in detectors)
        {
            Assert.Equal(0, encoder.Disposals);
            Assert.True(detector.Inspect(Pictures.Texture(96, 96, 51)).Score >= 0);
            detector.Dispose();
        }

        Assert.Equal(1, encoder.Disposals);
    }

    [Fact]
    public void A_fit_that_fails_disposes_of_its_encoder()
    {
        var encoder = new CellEncoder();
        Assert.Throws<SemiDefectException>(() =>
            AnomalyDetector.Fit(Pictures.Good(1, 96, 96), CellFits.Options(encoder)));
        Assert.Equal(1, encoder.Disposals);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    public void Exceptions_of_an_encoder_reach_the_caller_unchanged(int batchSize)
    {
        bool isFitted = false;
        var encoder = new CellEncoder
        {
            BeforeEncoding = _ =>
            {
                if (isFitted)
                {
                    throw new SemiDefectException("This encoder is out of ink.");
                }
            },
        };
        using AnomalyDetector detector = AnomalyDetector.Fit(
            Pictures.Good(3, 96, 96), CellFits.Options(encoder) with { Tile = 64, BatchSize = batchSize });
        isFitted = true;
        SemiDefectException error = Assert.Throws<SemiDefectException>(() =>
            detector.Inspect(Pictures.Texture(96, 96, 1)));
        Assert.Equal("This encoder is out of ink.", error.Message);
        error = Assert.Throws<SemiDefectException>(() =>
            AnomalyDetector.Fit(Pictures.Good(3, 96, 96), CellFits.Options(encoder)));
        Assert.Equal("This encoder is out of ink.", error.Message);
    }

    [Fact]
    public void An_encoder_and_a_network_cannot_be_given_together()
    {
        FitOptions options = CellFits.Options() with { Backbones = [BackboneFile.Open(BackboneFile.DefaultName)] };
        Assert.Equal(
            "An encoder was given as well as backbones: give one or the other.",
            Assert.Throws<SemiDefectException>(options.Validate).Message);
    }

    [Fact]
    public void A_delegating_encoder_changes_the_vectors_and_owns_the_inner_one()
    {
        var inner = new CellEncoder();
        var view = new View(new InputGeometry(16, 8, 16, 8, 0, 0, 16, 8), ViewTurn.None, null);
        var options = new PreprocessingOptions(ResizeKind.None, 0, crop: null, [0, 0, 0], [1, 1, 1]);
        PreparedView prepared = PreparedView.Of(Pictures.Texture(16, 8, 3), options);
        using (var halving = new Halving(inner))
        {
            Assert.Equal("half cells", halving.Info.Name);
            float[] whole = inner.Encode(prepared, CancellationToken.None).Vectors.ToArray();
            Assert.Equal(whole.Select(value => value / 2),
                halving.Encode(prepared, CancellationToken.None).Vectors.ToArray());
            Assert.Equal((view.Width, view.Height), (prepared.Width, prepared.Height));
        }

        Assert.Equal(1, inner.Disposals);
    }

    private sealed class Halving(IPatchEncoder inner) : DelegatingPatchEncoder(inner)
    {
        public override EncoderInfo Info => Inner.Info with { Name = "half cells", Identity = "half-cell" };

        public override PatchGrid Encode(PreparedView view, CancellationToken cancellationToken)
        {
            PatchGrid grid = Inner.Encode(view, cancellationToken);
            return grid with { Vectors = grid.Vectors.ToArray().Select(value => value / 2).ToArray() };
        }
    }
}
