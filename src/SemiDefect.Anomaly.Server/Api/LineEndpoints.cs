using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;
using SemiDefect.Anomaly.Server.Inspecting;
using SemiDefect.Anomaly.Server.Storage;

namespace SemiDefect.Anomaly.Server.Api;

/// <summary>What a line needs: new inspections as events, totals, and the latest decision of a station.</summary>
internal static class LineEndpoints
{
    private const string LastEventHeader = "Last-Event-ID";
    private const string NoDecision = "NONE";
    private const int EventsAtOnce = 100;
    private const int LongestAge = 86_400;

    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(2);

    public static void Map(RouteGroupBuilder api)
    {
        RouteGroupBuilder inspections = api.MapGroup("/inspections").WithTags("line");
        inspections.MapGet("/events", EventsAsync)
            .WithName("watch-inspections")
            .WithSummary("Every new inspection as a server-sent event, from the oldest to the newest.")
            .WithDescription(
                "The id of an event is that of its inspection. The stream continues after the header Last-Event-ID or "
                    + "the parameter after, and otherwise starts with the next inspection. An event named alive comes "
                    + "every two seconds without inspections.")
            .Produces<InspectionJson>(200, "text/event-stream")
            .ProducesProblem(422)
            .ProducesProblem(429);
        inspections.MapGet("/summary", Summary)
            .WithName("summarize-inspections")
            .WithSummary("The number of inspections by decision.")
            .Produces<SummaryJson>()
            .ProducesProblem(422);
        api.MapGet("/stations/{station}/decision", Decide)
            .WithTags("line")
            .WithName("get-station-decision")
            .WithSummary("The latest decision of a station as text: OK, CHECK, NG, or NONE if it is too old.")
            .WithDescription(
                "For a PLC gateway. The header Inspection-Id says which inspection it is. A decision older than "
                    + "max_age seconds (10 by default) is NONE, so a line that has stopped never reads the last OK.")
            .Produces<string>(200, "text/plain")
            .ProducesProblem(422);
    }

    private static async Task EventsAsync(
        HttpContext context,
        InspectionStore store,
        InspectionFeed feed,
        IHostApplicationLifetime lifetime,
        string? model,
        string? station,
        long? after)
    {
        long last = LastEvent(context.Request) ?? after ?? store.LastId();
        if (!feed.TryEnter())
        {
            throw new ProblemException(429, "busy", "Too many event streams are open; try again.", 5);
        }

        try
        {
            // An open stream must not delay a stop of the server.
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(
                lifetime.ApplicationStopping,
                context.RequestAborted);
            context.Response.ContentType = "text/event-stream";
            context.Response.Headers["X-Accel-Buffering"] = "no";
            var filter = new InspectionFilter { Model = NullIfEmpty(model), Station = NullIfEmpty(station) };
            await foreach (string text in ReadAsync(store, feed, filter, last, stop.Token).ConfigureAwait(false))
            {
                await context.Response.WriteAsync(text, stop.Token).ConfigureAwait(false);
                await context.Response.Body.FlushAsync(stop.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // The client has left, or the server stops.
        }
        finally
        {
            feed.Leave();
        }
    }

    private static async IAsyncEnumerable<string> ReadAsync(
        InspectionStore store,
        InspectionFeed feed,
        InspectionFilter filter,
        long last,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return "event: alive\ndata: {}\n\n";
        long since = Stopwatch.GetTimestamp();
        while (true)
        {
            Task next = feed.Next;
            IReadOnlyList<InspectionRecord> records = store.List(filter with { After = last }, EventsAtOnce);
            foreach (InspectionRecord record in records)
            {
                last = record.Id;
                string json = JsonSerializer.Serialize(
                    InspectionMapper.ToJson(record),
                    ServerJson.Types.InspectionJson);
                yield return string.Create(
                    CultureInfo.InvariantCulture,
                    $"id: {last}\nevent: inspection\ndata: {json}\n\n");
            }

            since = records.Count > 0 ? Stopwatch.GetTimestamp() : since;
            if (records.Count == EventsAtOnce)
            {
                continue;
            }

            // Inspections of other stations are no news: without its own, the stream shows that it is alive.
            TimeSpan left = Heartbeat - Stopwatch.GetElapsedTime(since);
            if (left > TimeSpan.Zero)
            {
                await Task.WhenAny(next, Task.Delay(left, cancellationToken)).ConfigureAwait(false);
                cancellationToken.ThrowIfCancellationRequested();
                continue;
            }

            yield return "event: alive\ndata: {}\n\n";
            since = Stopwatch.GetTimestamp();
        }
    }

    private static SummaryJson Summary(
        InspectionStore store,
        TimeProvider clock,
        [AsParameters] InspectionQuery query)
    {
        InspectionCounts counts = store.Count(query.ToFilter());
        return new SummaryJson(
            counts.Normal + counts.Check + counts.Abnormal,
            counts.Normal,
            counts.Check,
            counts.Abnormal,
            counts.LastId,
            clock.GetUtcNow());
    }

    private static string Decide(
        HttpContext context,
        InspectionStore store,
        TimeProvider clock,
        string station,
        string? model,
        int max_age = 10)
    {
        if (max_age is < 1 or > LongestAge)
        {
            throw ProblemException.Invalid($"The age of a decision is 1 to {LongestAge} seconds.");
        }

        var filter = new InspectionFilter
        {
            Model = NullIfEmpty(model),
            Station = station,
            From = clock.GetUtcNow().AddSeconds(-max_age),
        };
        if (store.List(filter, 1) is not [InspectionRecord latest])
        {
            return NoDecision;
        }

        context.Response.Headers["Inspection-Id"] = latest.Id.ToString(CultureInfo.InvariantCulture);
        return SignalOf(latest.Decision);
    }

    /// <summary>The word for a decision on a line.</summary>
    internal static string SignalOf(Decision decision) => decision switch
    {
        Decision.Normal => "OK",
        Decision.Check => "CHECK",
        _ => "NG",
    };

    private static long? LastEvent(HttpRequest request)
    {
        string header = request.Headers[LastEventHeader].ToString();
        return header.Length == 0 ? null
            : long.TryParse(header, NumberStyles.None, CultureInfo.InvariantCulture, out long id) ? id
            : throw ProblemException.Invalid($"The header {LastEventHeader} is not the id of an event.");
    }

    private static string? NullIfEmpty(string? value) => string.IsNullOrEmpty(value) ? null : value;
}
