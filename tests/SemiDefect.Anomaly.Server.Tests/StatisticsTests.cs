using System.Net;
using System.Text.Json.Nodes;
using CsCheck;
using SemiDefect.Anomaly.Search.Numerics;
using SemiDefect.Anomaly.Server.Statistics;
using SemiDefect.Anomaly.Server.Tests.Support;

namespace SemiDefect.Anomaly.Server.Tests;

public sealed class StatisticsTests
{
    [Fact]
    public void The_rank_test_counts_pairs()
    {
        Gen<double> value = Gen.Int[0, 12].Select(one => one / 4.0);
        Gen.Select(value.Array[1, 30], value.Array[1, 30]).Sample((sample, reference) =>
        {
            // The statistic of Mann and Whitney counts pairs, and ties half; its variance by all values.
            double u = sample.Sum(x => reference.Sum(y => x > y ? 1 : x == y ? 0.5 : 0));
            double n = sample.Length;
            double m = reference.Length;
            double[] all = [.. sample, .. reference];
            double ties = all.GroupBy(one => one).Sum(group => Math.Pow(group.Count(), 3) - group.Count());
            double variance = n * m / 12 * (n + m + 1 - ties / ((n + m) * (n + m - 1)));
            double expected = variance > 0 ? (u - n * m / 2) / Math.Sqrt(variance) : 0;
            Assert.Equal(expected, RankTest.Z(sample, reference), 1e-9);
            Assert.Equal(-expected, RankTest.Z(reference, sample), 1e-9);
        });
    }

    [Fact]
    public void Ten_thousand_steady_parts_give_no_alarm_and_a_drift_gives_one()
    {
        var generator = new SeededGenerator(11);
        double Score() => 0.6 + 0.03 * generator.NextGaussian();
        double[] good = [.. Enumerable.Range(0, 60).Select(_ => Score() + 0.01)];
        double[] steady = [.. Enumerable.Range(0, 10_000).Select(_ => Score())];
        for (int end = 1; end <= steady.Length; end += 10)
        {
            Assert.False(After(good, steady[..end]).IsDrift, $"after {end} parts");
        }

        // One standard deviation in a thousand parts: found while it is less than two thirds of one.
        double[] moving = [.. Enumerable.Range(0, 3000).Select(i => Score() + 0.03 * Math.Max(0, i - 1500) / 1000.0)];
        int alarm = Enumerable.Range(1, 300).First(tens => After(good, moving[..(10 * tens)]).IsDrift) * 10;
        Assert.InRange(alarm, 1600, 2150);
    }

    [Fact]
    public void Too_few_parts_tell_nothing()
    {
        double[] good = [1, 2, 3];
        Assert.Null(After(good, [.. Enumerable.Repeat(9.0, 199)]).Median);
        DriftState some = After(good, [.. Enumerable.Range(0, 399).Select(i => i / 1000.0)]);
        Assert.NotNull(some.AgainstGood);
        Assert.Null(some.AgainstFirst);
        Assert.False(some.IsDrift);
    }

    [Fact]
    public async Task Statistics_count_by_time_and_name_the_version()
    {
        await using TestServer server = await TestServer.StartAsync();
        for (int i = 0; i < 6; i++)
        {
            await server.InspectAsync(i == 2 ? Parts.Bad(i) : Parts.Good(i), $"{i}");
        }

        await server.PutAsync("/api/v1/models/tiny/threshold", new { false_alarm_rate = 0.05 });
        await server.InspectAsync(Parts.Good(8), "late");
        JsonNode stats = await server.GetAsync("/api/v1/models/tiny/stats");
        JsonArray buckets = stats["buckets"]!.AsArray();
        Assert.Equal(7, buckets.Sum(one => (int)one!["total"]!));
        Assert.Equal(1, buckets.Sum(one => (int)one!["abnormal"]!));
        Assert.Equal(1 / 7.0, (double)stats["abnormal"]!, 1e-12);
        Assert.Equal([1, 2], stats["changes"]!.AsArray().Select(one => (int)one!["version"]!));
        Assert.Equal("few", (string)stats["drift"]!["state"]!);
        Assert.Equal(6, (int)stats["drift"]!["parts"]!);
        foreach (JsonNode? one in buckets)
        {
            double total = (int)one!["total"]!;
            double share = 1 / 7.0;
            double upper = Math.Min(1, share + 3 * Math.Sqrt(share * (1 - share) / total));
            Assert.Equal(upper, (double)one["upper"]!, 1e-12);
            Assert.True((double)one["scores"]!["p5"]! <= (double)one["scores"]!["p50"]!);
        }

        JsonNode empty = await server.GetAsync("/api/v1/models/tiny/stats?station=S9");
        Assert.Empty(empty["buckets"]!.AsArray());
        Assert.Null(empty["abnormal"]);
    }

    [Theory]
    [InlineData("tiny/stats?bucket=0", HttpStatusCode.UnprocessableEntity)]
    [InlineData("tiny/stats?from=2026-01-01T00:00:00Z&bucket=1", HttpStatusCode.UnprocessableEntity)]
    [InlineData("tiny/stats?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z", HttpStatusCode.UnprocessableEntity)]
    [InlineData("other/stats", HttpStatusCode.NotFound)]
    public async Task Spans_that_make_no_sense_are_refused(string path, HttpStatusCode status)
    {
        await using TestServer server = await TestServer.StartAsync();
        using HttpResponseMessage response = await server.Client.GetAsync($"/api/v1/models/{path}");
        Assert.Equal(status, response.StatusCode);
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public async Task Darker_parts_are_noticed_in_the_list_of_models_and_in_the_metrics()
    {
        await using TestServer server = await TestServer.StartAsync();
        async Task<bool> Drifts() =>
            (bool)(await server.GetAsync("/api/v1/models"))["models"]![0]!["drift"]!;
        for (int i = 0; i < 420; i++)
        {
            await server.InspectAsync(Parts.Good(i));
        }

        await TestServer.WaitUntilAsync(
            async () => (await server.GetMetricsAsync()).Text.Contains("semidefect_drift", StringComparison.Ordinal),
            "the first comparison");
        Assert.False(await Drifts());
        for (int i = 0; i < 200; i++)
        {
            await server.InspectAsync(Parts.Darker(i, 0.98));
        }

        await TestServer.WaitUntilAsync(Drifts, "the drift");
        Assert.True((await server.GetMetricsAsync()).Value("semidefect_drift", ("model", "tiny")) > DriftState.Limit);
    }

    private static DriftState After(double[] good, double[] scores)
    {
        double[] latest = [.. scores.TakeLast(DriftState.Latest)];
        return DriftState.Of(good, [.. scores.Take(Math.Min(DriftState.First, scores.Length - latest.Length))], latest);
    }
}
