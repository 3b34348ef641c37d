using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using SemiDefect.Anomaly.Cli.Output;
using SemiDefect.Anomaly.Evaluation.Benchmarking;
using SemiDefect.Anomaly.Evaluation.Samples;
using SemiDefect.Anomaly.IO;
using SemiDefect.Anomaly.Sources;

namespace SemiDefect.Anomaly.Cli.Commands;

/// <summary>
/// End-to-end benchmarks of <c>semidefect bench</c>, with an existing detector or one fitted on generated dies.
/// </summary>
internal sealed class InspectionBench(TextWriter output, bool json, int threads, CancellationToken cancellationToken)
{
    private const int Singles = 100;

    /// <summary>Inspects images with an existing detector.</summary>
    /// <param name="model">The detector file.</param>
    /// <param name="images">A folder of images, or null for generated dies.</param>
    public void RunModel(string model, string? images)
    {
        using AnomalyDetector detector = AnomalyDetector.Load(model, new LoadOptions { Threads = threads });
        if (images is not null)
        {
            Print(null, Inspect(detector, ImageFolder.Open(images)));
            return;
        }

        WithDies(new SampleOptions().Count, dies => Print(null, Inspect(detector, ImageFolder.Open(dies))));
    }

    /// <summary>Fits a detector on generated dies, and inspects them.</summary>
    /// <param name="count">The number of training images.</param>
    public void RunSynthetic(int count) => WithDies(count, dies =>
    {
        ImageFolder good = ImageFolder.Open(dies);
        long start = Stopwatch.GetTimestamp();
        var calibration = new CalibrationTimer();
        using AnomalyDetector detector =
            FitCommand.Fit(
                good,
                FitPresets.Create(FitPresets.Fast) with { Threads = threads },
                cancellationToken,
                calibration);
        TimeSpan elapsed = Stopwatch.GetElapsedTime(start);
        Print(
            new FitTimingJson(
                count,
                detector.Description.Patches,
                detector.Description.Lanes[0].BankRows[0],
                elapsed.TotalSeconds,
                calibration.Seconds),
            Inspect(detector, good));
    });

    private InspectionTiming Inspect(AnomalyDetector detector, ImageFolder images) =>
        ProgressDisplay.Run(display => InspectionBenchmark.Run(
            detector,
            [.. images.Items.Select(item => item.FullPath)],
            Singles,
            new InspectionDisplay(display, Singles + images.Items.Count),
            cancellationToken));

    private void WithDies(int count, Action<string> use)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("semidefect-bench-");
        try
        {
            SampleCommand.Write(
                folder.FullName, UsageException.Guard(() => new SampleOptions { Count = count }), cancellationToken);
            use(Path.Combine(folder.FullName, SampleGenerator.Dies[0], "train", "good"));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private void Print(FitTimingJson? fit, InspectionTiming timing)
    {
        if (json)
        {
            var stages = timing.StageSeconds.ToDictionary(
                stage => JsonNamingPolicy.SnakeCaseLower.ConvertName(stage.Key.ToString()), stage => stage.Value);
            output.WriteLine(JsonSerializer.Serialize(
                new InspectionTimingJson(
                    1, fit, timing.Images, timing.ImagesPerSecond, timing.Singles, timing.LatencyP50,
                    timing.LatencyP95, timing.LatencyP99, stages, timing.PeakBytes),
                CliJson.Default.InspectionTimingJson));
            return;
        }

        if (fit is not null)
        {
            output.WriteLine(
                $"Fit         {fit.Images} images, {fit.Patches} patches, {fit.BankRows} in the memory bank: "
                    + $"{Text.Number(fit.Seconds)} s, of which thresholds {Text.Number(fit.ThresholdsSeconds)} s");
        }

        double total = timing.StageSeconds.Values.Sum();
        output.WriteLine(
            $"Throughput  {Text.Number(timing.ImagesPerSecond)} images/s over {timing.Images} images, "
                + "including decoding");
        output.WriteLine(
            $"Latency     p50 {Milliseconds(timing.LatencyP50)}, p95 {Milliseconds(timing.LatencyP95)}, p99 "
                + $"{Milliseconds(timing.LatencyP99)} over {timing.Singles} images, one at a time");
        foreach ((InspectionStage stage, double seconds) in timing.StageSeconds.OrderBy(entry => entry.Key))
        {
            output.WriteLine(
                $"  {stage,-14}{Milliseconds(seconds),10}  "
                    + $"{(seconds / total).ToString("0%", CultureInfo.InvariantCulture)}");
        }

        output.WriteLine($"Memory      {ByteSize.Format(timing.PeakBytes)} at most");
    }

    private static string Milliseconds(double seconds) =>
        (seconds * 1000).ToString("0.0", CultureInfo.InvariantCulture) + " ms";

    /// <summary>Measures the time for threshold calibration.</summary>
    private sealed class CalibrationTimer : IProgress<FitProgress>
    {
        private long _start;

        public double Seconds { get; private set; }

        public void Report(FitProgress value)
        {
            if (value.Stage != FitStage.Thresholds)
            {
                return;
            }

            _start = value.Done == 0 ? Stopwatch.GetTimestamp() : _start;
            Seconds = Stopwatch.GetElapsedTime(_start).TotalSeconds;
        }
    }

    private sealed class InspectionDisplay(ProgressDisplay display, int total) : IProgress<int>
    {
        public void Report(int value) => display.Report("Inspecting", value, total);
    }
}
