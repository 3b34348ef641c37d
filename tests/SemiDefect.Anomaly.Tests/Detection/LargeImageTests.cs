using System.Diagnostics;
using System.Text.Json;
using SemiDefect.Anomaly.Calibration;
using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.Scoring;
using SemiDefect.Anomaly.Search.Coresets;
using SemiDefect.Anomaly.Tests.Support;
using SemiDefect.Anomaly.TestSupport;
using SemiDefect.Anomaly.Views;
using Xunit.Abstractions;

namespace SemiDefect.Anomaly.Tests.Detection;

public class LargeImageTests(ITestOutputHelper output)
{
    private const int Width = 4000;
    private const int Height = 3000;

    // The 9 x 7 tiles of 512 pixels start every 436 and every 414 or 415 pixels: this is a corner of one, within four
    // others.
    private const int DotLeft = 3 * 436 - 3;
    private const int DotTop = 1244 - 3;
    private const int DotSide = 6;

    // Not a multiple of the network's stride of 8 pixels: the weave looks similar wherever a tile starts.
    private const int Thread = 7;

    // The network inputs of all 63 tiles take 200 MB, and so do their patches; the image takes 36 MB, its map 48 MB.
    // 448 MB hold the maps while they are built (150 MB) and a few tiles, but not all tiles, which need 436 MB and what
    // the network takes for each. A map needs a free block of its size, so that less memory fails now and then.
    private const string HeapLimit = "GCHeapHardLimit=1C000000";

    // The memory of the network comes on top: 540 MB were measured.
    private const double MostMegabytes = 900;

    [Fact]
    [Trait("Speed", "Slow")]
    public void A_dot_of_six_pixels_is_found_on_a_seam_of_tiles_in_bounded_memory()
    {
        Found found = JsonSerializer.Deserialize<Found>(IntrinsicsRunner.Run(FindDot, HeapLimit))!;
        output.WriteLine(found.ToString());
        Assert.True(found.Score > found.Threshold, found.ToString());
        Assert.Equal(1, found.Regions);
        Assert.InRange(found.CentroidX, DotLeft + 2.5 - 16, DotLeft + 2.5 + 16);
        Assert.InRange(found.CentroidY, DotTop + 2.5 - 16, DotTop + 2.5 + 16);
        Assert.InRange(found.Side, 4, 160);
        Assert.InRange(found.PeakMegabytes, 1, MostMegabytes);
    }

    // Runs in a separate process, so that only the inspection's memory is measured.
    private static byte[] FindDot()
    {
        long start = Stopwatch.GetTimestamp();
        var options = FitPresets.Create(FitPresets.Fast) with
        {
            Resize = ResizeKind.None,
            Tile = 512,
            TileOverlap = 64,
            Coreset = new CoresetOptions(count: 300),
            GoldenImages = 0,

            // One such image has as many patches as a dozen good ones.
            Threshold = new ThresholdOptions { FalseAlarmRate = 0.001 },
        };
        using AnomalyDetector detector = AnomalyDetector.Fit(Pictures.Good(4, 1200, 900, Thread), options);
        TimeSpan fit = Stopwatch.GetElapsedTime(start);
        Image image = Pictures.Texture(Width, Height, 1234, Thread).With(DotLeft, DotTop, DotSide, DotSide, 0);
        double before = PeakMegabytes();
        start = Stopwatch.GetTimestamp();
        Inspection inspection = detector.Inspect(image);
        IReadOnlyList<Region> regions = inspection.Regions;
        TimeSpan inspect = Stopwatch.GetElapsedTime(start);
        return JsonSerializer.SerializeToUtf8Bytes(new Found(
            inspection.Score,
            inspection.Threshold,
            regions.Count,
            regions.Count == 0 ? 0 : regions[0].CentroidX,
            regions.Count == 0 ? 0 : regions[0].CentroidY,
            regions.Count == 0 ? 0 : Math.Max(regions[0].Width, regions[0].Height),
            before,
            PeakMegabytes(),
            fit.TotalSeconds,
            inspect.TotalSeconds));
    }

    private static double PeakMegabytes()
    {
        using var process = Process.GetCurrentProcess();
        return process.PeakWorkingSet64 / 1e6;
    }

    private sealed record Found(
        double Score,
        double Threshold,
        int Regions,
        double CentroidX,
        double CentroidY,
        int Side,
        double MegabytesBefore,
        double PeakMegabytes,
        double FitSeconds,
        double InspectSeconds);
}
