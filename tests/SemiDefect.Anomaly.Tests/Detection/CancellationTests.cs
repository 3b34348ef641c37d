using System.Diagnostics;
using SemiDefect.Anomaly.Encoders;
using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.Imaging.Codecs;
using SemiDefect.Anomaly.IO;
using SemiDefect.Anomaly.Sources;
using SemiDefect.Anomaly.Tests.Support;
using SemiDefect.Anomaly.Tests.Tuning;
using SemiDefect.Anomaly.TestSupport;

namespace SemiDefect.Anomaly.Tests.Detection;

public class CancellationTests
{
    private const int Many = 400;

    [Fact]
    public void Nothing_is_done_with_a_canceled_token()
    {
        var canceled = new CancellationToken(canceled: true);
        int encoded = 0;
        CellEncoder Counting() => new() { BeforeEncoding = _ => Interlocked.Increment(ref encoded) };
        Canceled(() => AnomalyDetector.Fit(Pictures.Good(3, 64, 64), CellFits.Options(Counting()), null, canceled));
        Assert.Equal(0, encoded);
        using AnomalyDetector detector = AnomalyDetector.Fit(Pictures.Good(3, 64, 64), CellFits.Options(Counting()));
        encoded = 0;
        Canceled(() => detector.Inspect(Pictures.Texture(64, 64, 9), "", canceled));
        Canceled(() => detector.InspectAll(["none.png"], null, canceled).ToArray());
        Canceled(() => detector.InspectBatch([detector.Prepare(Pictures.Texture(64, 64, 9))], ["a"], canceled));
        Assert.Equal(0, encoded);
    }

    [Fact]
    public void A_fit_stops_soon_after_it_was_canceled()
    {
        using var stop = new CancellationTokenSource();
        int encoded = 0;
        var encoder = new CellEncoder
        {
            BeforeEncoding = _ =>
            {
                if (Interlocked.Increment(ref encoded) == 20)
                {
                    stop.Cancel();
                }
            },
        };
        Canceled(() => AnomalyDetector.Fit(Pictures.Good(Many, 64, 64), CellFits.Options(encoder), null, stop.Token));
        Assert.InRange(encoded, 20, 60);
        Assert.Equal(1, encoder.Disposals);
    }

    [Fact]
    public void A_fit_can_be_canceled_during_selection_and_scoring()
    {
        foreach (FitStage stage in Enum.GetValues<FitStage>())
        {
            using var stop = new CancellationTokenSource();
            bool isReached = false;
            var progress = new Immediately(report =>
            {
                if (report.Stage == stage)
                {
                    isReached = true;
                    stop.Cancel();
                }
            });
            FitOptions options = CellFits.Options() with
            {
                Planter = new TinyPlanter(),
                Projection = stage == FitStage.Projection
                    ? new ProjectionOptions { Kind = ProjectionKind.ReConPatch, Steps = 20 }
                    : null,
            };
            Canceled(() => AnomalyDetector.Fit(Pictures.Good(6, 64, 64), options, progress, stop.Token));
            Assert.True(isReached);
        }
    }

    [Fact]
    public async Task A_source_that_waits_is_told()
    {
        using var stop = new CancellationTokenSource();
        using var isReading = new ManualResetEventSlim();
        var source = new ImageList(["a", "b", "c"], (_, cancellationToken) =>
        {
            isReading.Set();
            cancellationToken.WaitHandle.WaitOne(TimeSpan.FromMinutes(2));
            cancellationToken.ThrowIfCancellationRequested();
            return Pictures.Texture(64, 64, 0);
        });
        long start = Stopwatch.GetTimestamp();
        Task stopper = Task.Run(() =>
        {
            isReading.Wait();
            stop.Cancel();
        });
        Canceled(() => AnomalyDetector.Fit(source, CellFits.Options(), null, stop.Token));
        await stopper;
        Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromMinutes(1));
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public async Task Inspecting_many_files_stops_soon_after_it_was_canceled()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("part.png");
        Image image = Pictures.Texture(64, 64, 9);
        AtomicFile.Write(path, stream => PngWriter.Write(stream, 64, 64, 3, image.Rgb));
        int encoded = 0;
        var encoder = new CellEncoder { BeforeEncoding = _ => Interlocked.Increment(ref encoded) };
        using AnomalyDetector detector = AnomalyDetector.Fit(Pictures.Good(3, 64, 64), CellFits.Options(encoder));
        string[] paths = [.. Enumerable.Repeat(path, Many)];

        encoded = 0;
        using var stop = new CancellationTokenSource();
        int seen = 0;
        Canceled(() =>
        {
            foreach (Inspection inspection in detector.InspectAll(paths, null, stop.Token))
            {
                Assert.Equal(seen, inspection.Index);
                if (++seen == 10)
                {
                    stop.Cancel();
                }
            }

            return 0;
        });
        Assert.InRange(seen, 10, 24);
        Assert.InRange(encoded, 10, 60);

        using var stopAsync = new CancellationTokenSource();
        seen = 0;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (Inspection inspection in detector.InspectAsync(paths, null, stopAsync.Token))
            {
                if (++seen == 10)
                {
                    stopAsync.Cancel();
                }
            }
        });
        Assert.InRange(seen, 10, 24);
    }

    [Fact]
    public void Tiles_of_one_image_stop_between_batches()
    {
        int encoded = 0;
        using var stop = new CancellationTokenSource();
        bool isFitted = false;
        var encoder = new CellEncoder
        {
            BeforeEncoding = _ =>
            {
                if (isFitted && Interlocked.Increment(ref encoded) == 5)
                {
                    stop.Cancel();
                }
            },
        };
        using AnomalyDetector detector = AnomalyDetector.Fit(
            Pictures.Good(2, 128, 128), CellFits.Options(encoder) with { Tile = 64, BatchSize = 4 });
        isFitted = true;
        Canceled(() => detector.Inspect(Pictures.Texture(640, 640, 1), "", stop.Token));
        Assert.InRange(encoded, 5, 12);
    }

    private static void Canceled(Func<object> action) => Assert.ThrowsAny<OperationCanceledException>(action);

    private sealed class Immediately(Action<FitProgress> report) : IProgress<FitProgress>
    {
        public void Report(FitProgress value) => report(value);
    }
}
