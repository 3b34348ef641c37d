using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SemiDefect.Anomaly.Calibration;
using SemiDefect.Anomaly.Server.Models;
using SemiDefect.Anomaly.Server.Statistics;
using SemiDefect.Anomaly.Server.Storage;

namespace SemiDefect.Anomaly.Server.Api;

/// <summary>GET /api/v1/models/{model}/stats.</summary>
internal static class StatisticsEndpoints
{
    private const int MostBuckets = 1000;
    private const int WantedBuckets = 100;
    private const double Sigmas = 3;

    private static readonly int[] Minutes = [1, 5, 15, 60, 240, 1440, 10080];

    public static void Map(RouteGroupBuilder api) => api.MapGet("/models/{model}/stats", Summarize)
        .WithTags("line")
        .WithName("get-statistics")
        .WithSummary("How scores and decisions developed, with control limits, version changes and drift.")
        .WithDescription(
            "By default, the last 24 hours. bucket is the length of a span in minutes; by default, one that gives up "
                + "to 100 spans. At most 1,000 spans.")
        .Produces<StatisticsJson>()
        .ProducesProblem(404)
        .ProducesProblem(422);

    private static StatisticsJson Summarize(
        ModelRegistry registry,
        VersionLedger ledger,
        InspectionStore store,
        DriftMonitor drift,
        TimeProvider clock,
        string model,
        DateTimeOffset? from,
        DateTimeOffset? to,
        int? bucket,
        string? station)
    {
        registry.Require(model);
        DateTimeOffset end = to ?? clock.GetUtcNow();
        DateTimeOffset begin = from ?? end.AddDays(-1);
        int minutes = Span(begin, end, bucket);
        var statistics = new ProcessStatistics(TimeSpan.FromMinutes(minutes));
        store.Visit(
            new InspectionFilter
            {
                Model = model,
                Station = string.IsNullOrEmpty(station) ? null : station,
                From = begin,
                To = end,
            },
            statistics.Add);
        statistics.Close();
        DetectorDescription detector = registry.ReadDescription(model);
        DetectorThresholds thresholds = detector.Thresholds;
        double total = statistics.Buckets.Sum(one => (double)one.Total);
        double? share = total > 0 ? statistics.Buckets.Sum(one => one.Abnormal) / total : null;
        Dictionary<string, int> numbers = ledger.List(model)
            .ToDictionary(version => version.Id, version => version.Number, StringComparer.Ordinal);
        return new StatisticsJson(
            model,
            begin,
            end,
            minutes,
            [.. statistics.Buckets.Select(one => ToJson(one, share ?? 0))],
            share,
            thresholds.ImageScores.Count > 0 ? ToJson(ScoreQuantiles.Of(thresholds.ImageScores)) : null,
            thresholds.Image.Value,
            thresholds.Check?.Value,
            [
                .. statistics.Changes.Select(change => new VersionChangeJson(
                    change.Time,
                    numbers.TryGetValue(change.Version, out int number) ? number : null,
                    change.Threshold)),
            ],
            DriftJson.Of(drift.Compute(model)),
            detector.Lanes.Max(lane => lane.Views.Turns));
    }

    private static int Span(DateTimeOffset from, DateTimeOffset to, int? bucket)
    {
        double length = (to - from).TotalMinutes;
        if (length <= 0)
        {
            throw ProblemException.Invalid("The time from must be before to.");
        }

        int minutes = bucket
            ?? Minutes.FirstOrDefault(one => length / one <= WantedBuckets, (int)Math.Ceiling(length / WantedBuckets));
        return minutes >= 1 && length / minutes <= MostBuckets
            ? minutes
            : throw ProblemException.Invalid(
                $"A bucket has 1 minute or more, and there are at most {MostBuckets} of them.");
    }

    // The limits of a p-chart: the binomial standard deviation at the mean share, for so many parts.
    private static BucketJson ToJson(ProcessBucket bucket, double share)
    {
        double sigma = Math.Sqrt(share * (1 - share) / bucket.Total);
        return new BucketJson(
            bucket.Start,
            bucket.Total,
            bucket.Normal,
            bucket.Check,
            bucket.Abnormal,
            ToJson(bucket.Scores),
            Math.Max(0, share - Sigmas * sigma),
            Math.Min(1, share + Sigmas * sigma));
    }

    private static QuantilesJson ToJson(ScoreQuantiles scores) => new(scores.Low, scores.Median, scores.High);
}
