using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SemiDefect.Anomaly.Server.Audit;
using SemiDefect.Anomaly.Server.Jobs;
using SemiDefect.Anomaly.Server.Security;
using SemiDefect.Anomaly.Server.Storage;
using SemiDefect.Anomaly.Server.Telemetry;

namespace SemiDefect.Anomaly.Server.Api;

/// <summary>/api/v1/inspections: the history and operator verdicts.</summary>
internal static class InspectionEndpoints
{
    private const int LargestPage = 500;
    private const int LongestNote = 500;

    public static void Map(RouteGroupBuilder api)
    {
        RouteGroupBuilder inspections = api.MapGroup("/inspections").WithTags("inspections");
        inspections.MapGet("/", List)
            .WithName("list-inspections")
            .WithSummary("The history in pages, from the newest to the oldest.")
            .Produces<InspectionPageJson>()
            .ProducesProblem(422);
        inspections.MapGet("/export.csv", ExportAsync)
            .WithName("export-inspections")
            .WithSummary("The history as CSV, with the same filters.")
            .Produces(200, contentType: "text/csv")
            .ProducesProblem(422);
        inspections.MapGet("/{id:long}", Get)
            .WithName("get-inspection")
            .WithSummary("One inspection.")
            .Produces<InspectionJson>()
            .ProducesProblem(404);
        inspections.MapPut("/{id:long}/verdict", SetVerdictAsync)
            .WithName("set-verdict")
            .WithSummary("Sets the verdict of an operator: confirmed, false_alarm or missed.")
            .RequireRole(AccessRole.Operate)
            .Produces<InspectionJson>()
            .ProducesProblem(404)
            .ProducesProblem(422);
        inspections.MapDelete("/{id:long}/verdict", ClearVerdictAsync)
            .WithName("clear-verdict")
            .WithSummary("Clears the verdict.")
            .RequireRole(AccessRole.Operate)
            .Produces<InspectionJson>()
            .ProducesProblem(404);
    }

    /// <summary>The record, or 404.</summary>
    public static InspectionRecord Require(InspectionStore store, long id) =>
        store.Find(id) ?? throw ProblemException.NotFound($"There is no inspection {id}.");

    private static InspectionPageJson List(
        InspectionStore store,
        [AsParameters] InspectionQuery query,
        string? cursor,
        int limit = 50)
    {
        if (limit is < 1 or > LargestPage)
        {
            throw ProblemException.Invalid($"A page holds 1 to {LargestPage} inspections.");
        }

        InspectionFilter filter = query.ToFilter(cursor);
        IReadOnlyList<InspectionRecord> records = store.List(filter, limit + 1);
        InspectionRecord[] page = [.. records.Take(limit)];
        string? next = records.Count > limit ? page[^1].Id.ToString(CultureInfo.InvariantCulture) : null;
        return new InspectionPageJson([.. page.Select(InspectionMapper.ToJson)], next);
    }

    private static async Task ExportAsync(
        HttpContext context,
        InspectionStore store,
        [AsParameters] InspectionQuery query)
    {
        InspectionFilter filter = query.ToFilter();
        context.Response.ContentType = "text/csv; charset=utf-8";
        context.Response.Headers.ContentDisposition = "attachment; filename=\"inspections.csv\"";
        await using var writer = new StreamWriter(context.Response.Body, leaveOpen: true) { NewLine = "\n" };
        await writer.WriteLineAsync(InspectionCsv.Header).ConfigureAwait(false);

        // Page by page, so that memory does not grow with the history.
        while (true)
        {
            IReadOnlyList<InspectionRecord> records = store.List(filter, LargestPage);
            foreach (InspectionRecord record in records)
            {
                await writer.WriteLineAsync(InspectionCsv.Line(record)).ConfigureAwait(false);
            }

            await writer.FlushAsync(context.RequestAborted).ConfigureAwait(false);
            if (records.Count < LargestPage)
            {
                return;
            }

            filter = filter with { Before = records[^1].Id };
        }
    }

    private static InspectionJson Get(InspectionStore store, long id) => InspectionMapper.ToJson(Require(store, id));

    private static async Task<InspectionJson> SetVerdictAsync(
        Caller caller,
        InspectionStore store,
        FeedbackStore feedback,
        ServerMetrics metrics,
        TimeProvider clock,
        long id,
        VerdictRequest verdict)
    {
        if (!Verdicts.All.Contains(verdict.Value, StringComparer.Ordinal))
        {
            throw ProblemException.Invalid($"A verdict is one of {string.Join(", ", Verdicts.All)}.");
        }

        if (verdict.Note is { Length: > LongestNote })
        {
            throw ProblemException.Invalid($"A note may have {LongestNote} characters.");
        }

        InspectionRecord record = Require(store, id);
        if ((verdict.Value == Verdicts.FalseAlarm && !record.IsAlarm)
            || (verdict.Value == Verdicts.Missed && record.IsAlarm))
        {
            throw ProblemException.Invalid(record.Decision switch
            {
                Decision.Abnormal =>
                    "The image was called abnormal, so nothing was missed: the verdict is confirmed or false_alarm.",
                Decision.Check =>
                    "The image was to be checked, so nothing was missed: the verdict is confirmed, for a bad part, or "
                        + "false_alarm.",
                _ => "The image was called normal, so there was no alarm: the verdict is confirmed or missed.",
            });
        }

        InspectionJson changed = await ChangeAsync(
            store,
            feedback,
            record with { Verdict = verdict.Value, VerdictNote = verdict.Note, VerdictTime = clock.GetUtcNow() },
            Entry(caller, AuditActions.VerdictSet, record, verdict.Value, verdict.Note)).ConfigureAwait(false);
        metrics.Judged(record.Model, verdict.Value);
        return changed;
    }

    private static async Task<InspectionJson> ClearVerdictAsync(
        Caller caller,
        InspectionStore store,
        FeedbackStore feedback,
        long id)
    {
        InspectionRecord record = Require(store, id);
        return record.Verdict is null ? InspectionMapper.ToJson(record) : await ChangeAsync(
            store,
            feedback,
            record with { Verdict = null, VerdictNote = null, VerdictTime = null },
            Entry(caller, AuditActions.VerdictCleared, record, null, null)).ConfigureAwait(false);
    }

    private static async Task<InspectionJson> ChangeAsync(
        InspectionStore store,
        FeedbackStore feedback,
        InspectionRecord changed,
        AuditDraft entry)
    {
        // First the image, which must outlive the history.
        feedback.Keep(changed);
        InspectionRecord? stored = await store.SetVerdictAsync(changed, entry).ConfigureAwait(false);
        return InspectionMapper.ToJson(
            stored ?? throw ProblemException.NotFound($"There is no inspection {changed.Id}."));
    }

    // A verdict decides which versions can be activated.
    private static AuditDraft Entry(
        Caller caller,
        string action,
        InspectionRecord before,
        string? verdict,
        string? note) => new(
        caller.Name,
        action,
        before.Model,
        Describe(before.Id, before.Verdict, before.VerdictNote),
        Describe(before.Id, verdict, note));

    private static string? Describe(long id, string? verdict, string? note) => verdict is null
        ? null
        : JsonSerializer.Serialize(new AuditVerdictJson(id, verdict, note), ServerJson.Types.AuditVerdictJson);
}
