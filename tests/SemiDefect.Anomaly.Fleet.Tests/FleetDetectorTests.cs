using SemiDefect.Anomaly.Encoders;
using SemiDefect.Anomaly.Fleet.Fitting;
using SemiDefect.Anomaly.Fleet.Tests.Support;
using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.Sources;
using SemiDefect.Anomaly.TestSupport;
using SemiDefect.Anomaly.Views;

namespace SemiDefect.Anomaly.Fleet.Tests;

public sealed class FleetDetectorTests
{
    private static readonly FitOptions Options =
        FitPresets.Create(FitPresets.Fast) with { ResizeSize = 64, GoldenImages = 1 };

    [NatsFact]
    public async Task Images_are_judged_as_the_detector_does()
    {
        await using var fleet = new FleetSetup();
        string good = SyntheticParts.WriteGood(fleet.Folder.File("good"), 12);
        string bad = SyntheticParts.WriteBad(fleet.Folder.File("bad.png"));
        string file = fleet.Folder.File("part.sdad");
        using AnomalyDetector detector = AnomalyDetector.Fit(ImageFolder.Open(good), Options);
        detector.Save(file);
        FleetModel model = await FleetPublisher.PublishAsync(fleet.Connection, file, "part", fleet.Token);
        Assert.Equal(detector.Fingerprint.Sha256, model.Fingerprint);
        _ = fleet.Work(fleet.WorkerOptions("w"));
        string text = fleet.Folder.File("text.png");
        await File.WriteAllTextAsync(text, "not an image");
        FleetImage[] images = [.. new[] { bad, text }.Concat(Directory.GetFiles(good).Order(StringComparer.Ordinal))
            .Select(path => new FleetImage(path, Path.GetFileName(path)))];
        List<FleetInspection> results = await fleet.ScoreAsync(model, images);
        Assert.Equal(
            Assert.Throws<ImageFormatException>(() => detector.Inspect(text)).Message, results[1].Error);
        foreach ((FleetImage image, FleetInspection result) in images.Zip(results).Where(one => one.First.Path != text))
        {
            Inspection expected = detector.Inspect(image.Path);
            Assert.Equal(BitConverter.DoubleToInt64Bits(expected.Score), BitConverter.DoubleToInt64Bits(result.Score));
            Assert.Equal(expected.Threshold, result.Threshold);
            Assert.Equal(expected.CheckThreshold, result.CheckThreshold);
            Assert.Equal(expected.PValue, result.PValue);
            Assert.Equal(expected.Decision, result.Decision);
            Assert.Equal(expected.Regions.Count, result.RegionCount);
            Assert.Equal(expected.Regions.Select(FleetRegion.Of), result.Regions);
        }

        Assert.True(results[0].RegionCount > 0);
    }

    [NatsFact]
    public async Task A_detector_without_its_network_or_golden_images_is_not_published()
    {
        await using var fleet = new FleetSetup();
        string good = SyntheticParts.WriteGood(fleet.Folder.File("good"), 6);
        string file = fleet.Folder.File("part.sdad");
        foreach ((FitOptions options, string expected) in new[]
        {
            (Options with { IncludeBackbone = false }, "does not hold its network"),
            (Options with { GoldenImages = 0 }, "no golden images"),
        })
        {
            using (AnomalyDetector detector = AnomalyDetector.Fit(ImageFolder.Open(good), options))
            {
                detector.Save(file);
            }

            SemiDefectException error = await Assert.ThrowsAnyAsync<SemiDefectException>(
                () => FleetPublisher.PublishAsync(fleet.Connection, file, "part", fleet.Token));
            Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        }
    }

    [NatsFact]
    public async Task A_fit_by_workers_has_the_same_bytes()
    {
        await using var fleet = new FleetSetup();
        ImageFolder good = ImageFolder.Open(SyntheticParts.WriteGood(fleet.Folder.File("good"), 12));
        FitOptions options = Options with { Scales = [64, 96], ResizeSize = 0 };
        byte[] expected;
        using (AnomalyDetector detector = AnomalyDetector.Fit(good, options))
        {
            detector.Save(fleet.Folder.File("here.sdad"));
            expected = await File.ReadAllBytesAsync(fleet.Folder.File("here.sdad"));
        }

        for (int workers = 1; workers <= 2; workers++)
        {
            _ = fleet.Work(fleet.WorkerOptions($"w{workers}"));
            FleetFit host = await FleetFit.OpenAsync(fleet.Connection, fleet.Token);
            await using (host)
            {
                using AnomalyDetector detector = await Task.Run(() => AnomalyDetector.Fit(
                    good, options with { EncoderHost = host, BatchSize = 32 }, cancellationToken: fleet.Token));
                detector.Save(fleet.Folder.File("there.sdad"));
            }

            Assert.Equal(expected, await File.ReadAllBytesAsync(fleet.Folder.File("there.sdad")));
        }

        FleetStatus status = await FleetStatus.ReadAsync(fleet.Connection, 10, fleet.Token);
        Assert.Equal((0, 0), (status.ViewsWaiting, status.Dead));
    }

    [NatsFact]
    public async Task A_worker_with_other_features_is_shut_out_of_a_fit()
    {
        await using var fleet = new FleetSetup();
        BackboneFile file = BackboneFile.Open(BackboneFile.DefaultName);
        using IPatchEncoder encoder = file.CreateEncoder();
        byte[] pixels = new byte[3 * 64 * 64];
        FleetFit host = await FleetFit.OpenAsync(fleet.Connection, fleet.Token);
        await using (host)
        {
            string identity = await host.ShareAsync(
                new EncoderRecord
                {
                    Name = file.Name,
                    Network = file.Sha256,
                    HasManifest = true,
                    Taps = file.Manifest!.DefaultTaps,
                    Patches = new PatchOptions(),
                    Width = 64,
                    Height = 64,
                    View = pixels,
                    Features = new string('0', 64),
                },
                file,
                fleet.Token);
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(fleet.Token);
            Task waiting = host.EncodeAsync(identity, 64, 64, pixels, stop.Token);
            ShutOutException error = await Assert.ThrowsAsync<ShutOutException>(
                () => fleet.Work(fleet.WorkerOptions("bent")));
            Assert.Contains("gives other features here", error.Message, StringComparison.Ordinal);
            await stop.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        }
    }

    [Fact]
    public void The_pixels_of_a_view_give_its_values_again()
    {
        byte[] rgb = [.. Enumerable.Range(0, 3 * 64 * 64).Select(i => (byte)(i * 31 % 256))];
        var image = new Image(64, 64, rgb);
        BackboneInput input = BackboneInput.ImageNet;
        PreparedView view = PreparedView.Of(
            image, new PreprocessingOptions(ResizeKind.None, 0, null, input.Mean, input.Std));
        Assert.Equal(rgb, ViewPixels.Of(view, input));
        view.Values[5] += 1e-3f;
        Assert.Throws<FleetException>(() => ViewPixels.Of(view, input));
    }
}
