using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.Server.Statistics;
using SemiDefect.Anomaly.Server.Tests.Support;
using SemiDefect.Anomaly.TestSupport;
using Xunit.Abstractions;

namespace SemiDefect.Anomaly.Server.Tests;

/// <summary>Good parts, inspected by a real detector, in light that stays and in light that fades.</summary>
public sealed class DriftExperimentTests(ITestOutputHelper log)
{
    private const int Steady = 10_000;
    private const double Promised = 0.01;

    // The monitor looks at most once a second; a line inspects ten parts in that time.
    private const int Step = 10;

    [Fact]
    [Trait("Speed", "Slow")]
    public void Fading_light_is_noticed_before_the_false_alarms_double_and_steady_light_gives_no_alarm()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder.File("tiny.sdad"), Parts.DetectorFile);
        using AnomalyDetector detector = AnomalyDetector.Load(folder.File("tiny.sdad"));
        IReadOnlyList<double> good = AnomalyDetector.ReadDescription(folder.File("tiny.sdad")).Thresholds.ImageScores;
        double threshold = detector.Thresholds.Image.Value;
        double[] steady = Scores(detector, 0, Steady, 1);
        for (int end = Step; end <= Steady; end += Step)
        {
            Assert.False(After(good, steady[..end], threshold).IsDrift, $"an alarm after {end} steady parts");
        }

        double usual = Share(detector, steady);

        // After a thousand parts, the light loses 1 % with every hundred.
        const int Lasting = 1000;
        const int Fading = 100;
        List<double> monitored = [.. steady[..Lasting]];
        int alarm = 0;
        double factor = 1;
        while (alarm == 0)
        {
            factor -= 0.01;
            double[] darker = Scores(detector, Steady + monitored.Count, Fading, factor);
            for (int i = 0; i < Fading && alarm == 0; i += Step)
            {
                monitored.AddRange(darker.AsSpan(i, Step));
                alarm = After(good, [.. monitored], threshold).IsDrift ? monitored.Count : 0;
            }

            Assert.True(factor > 0.5, "no alarm at half of the light");
        }

        double lately = Share(detector, [.. monitored.TakeLast(Lasting)]);
        double then = Share(detector, Scores(detector, 2 * Steady, 2000, factor));
        log.WriteLine($"alarm after {alarm - Lasting} fading parts, at {factor:P0} of the light; false alarms: "
            + $"{usual:P2} in steady light, {lately:P2} of the last {Lasting} parts at the alarm, {then:P2} in that "
            + "light");

        // This network of one node sees nothing but light; still, both are below twice the promised rate.
        Assert.True(lately < 2 * Promised, $"{lately:P2} false alarms, {usual:P2} before");
        Assert.True(then < 2 * Promised, $"{then:P2} false alarms in that light");
    }

    private static double[] Scores(AnomalyDetector detector, int seed, int count, double factor)
    {
        double[] scores = new double[count];
        Parallel.For(0, count, i => scores[i] = detector.Inspect(ImageFile.Read(
            new MemoryStream(Parts.Darker(1000 + seed + i, factor)),
            "part",
            ImageLimits.Default)).Score);
        return scores;
    }

    private static double Share(AnomalyDetector detector, double[] scores) =>
        scores.Count(score => score > detector.Thresholds.Image.Value) / (double)scores.Length;

    // As the monitor does: the latest parts taken for good, against the good images and the first parts.
    private static DriftState After(IReadOnlyList<double> good, double[] scores, double threshold)
    {
        double[] taken = [.. scores.Where(score => score <= threshold)];
        double[] latest = [.. taken.TakeLast(DriftState.Latest)];
        return DriftState.Of(good, [.. taken.Take(Math.Min(DriftState.First, taken.Length - latest.Length))], latest);
    }
}
