using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SemiDefect.Anomaly.Server.Audit;

namespace SemiDefect.Anomaly.Server.Api;

/// <summary>/api/v1/audit: who changed what, when and why.</summary>
internal static class AuditEndpoints
{
    private const int LargestPage = 500;
    private const string CsvHeader = "id,time,actor,action,model,before,after,reason,previous,hash";

    public static void Map(RouteGroupBuilder api)
    {
        RouteGroupBuilder audit = api.MapGroup("/audit").WithTags("audit");
        audit.MapGet("/", List)
            .WithName("list-audit")
            .WithSummary("The audit in pages, from the newest to the oldest.")
            .Produces<AuditPageJson>()
            .ProducesProblem(422);
        audit.MapGet("/export.csv", ExportCsvAsync)
            .WithName("export-audit-csv")
            .WithSummary("The whole audit as CSV, from the oldest to the newest.")
            .Produces(200, contentType: "text/csv");
        audit.MapGet("/export.json", ExportJsonAsync)
            .WithName("export-audit-json")
            .WithSummary("The whole audit as a JSON array, from the oldest to the newest.")
            .Produces(200, contentType: "application/json");
        audit.MapGet("/verify", Verify)
            .WithName("verify-audit")
            .WithSummary("Recomputes the chain of hashes: whether an entry was changed or removed.")
            .Produces<AuditVerificationJson>();
    }

    private static AuditPageJson List(
        AuditLog audit,
        string? model,
        string? action,
        string? cursor,
        int limit = 50)
    {
        if (limit is < 1 or > LargestPage)
        {
            throw ProblemException.Invalid($"A page holds 1 to {LargestPage} entries.");
        }

        long before = long.MaxValue;
        if (!string.IsNullOrEmpty(cursor)
            && !long.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out before))
        {
            throw ProblemException.Invalid("The cursor is not one that this server gave.");
        }

        IReadOnlyList<AuditEntry> entries = audit.List(NullIfEmpty(model), NullIfEmpty(action), before, limit + 1);
        AuditEntry[] page = [.. entries.Take(limit)];
        return new AuditPageJson(
            [.. page.Select(ToJson)],
            entries.Count > limit ? page[^1].Id.ToString(CultureInfo.InvariantCulture) : null);
    }

    private static async Task ExportCsvAsync(HttpContext context, AuditLog audit)
    {
        await using StreamWriter writer = Start(context, "text/csv; charset=utf-8", "audit.csv");
        await writer.WriteLineAsync(CsvHeader).ConfigureAwait(false);
        foreach (AuditEntry entry in audit.ReadAll())
        {
            string line = string.Join(
                ',',
                entry.Id.ToString(CultureInfo.InvariantCulture),
                CsvText.Time(entry.Time),
                CsvText.Cell(entry.Actor),
                entry.Action,
                CsvText.Cell(entry.Model),
                CsvText.Cell(entry.Before),
                CsvText.Cell(entry.After),
                CsvText.Cell(entry.Reason),
                entry.Previous,
                entry.Hash);
            await writer.WriteLineAsync(line).ConfigureAwait(false);
        }
    }

    private static async Task ExportJsonAsync(HttpContext context, AuditLog audit)
    {
        await using StreamWriter writer = Start(context, "application/json; charset=utf-8", "audit.json");
        string separator = "[\n";
        foreach (AuditEntry entry in audit.ReadAll())
        {
            await writer.WriteAsync(separator).ConfigureAwait(false);
            await writer.WriteAsync(JsonSerializer.Serialize(ToJson(entry), ServerJson.Types.AuditEntryJson))
                .ConfigureAwait(false);
            separator = ",\n";
        }

        await writer.WriteAsync(separator == "[\n" ? "[]\n" : "\n]\n").ConfigureAwait(false);
    }

    private static AuditVerificationJson Verify(AuditLog audit)
    {
        AuditVerification result = audit.Verify();
        return new AuditVerificationJson(result.Problem is null, result.Entries, result.Head, result.Problem);
    }

    private static StreamWriter Start(HttpContext context, string type, string name)
    {
        context.Response.ContentType = type;
        context.Response.Headers.ContentDisposition = $"attachment; filename=\"{name}\"";
        return new StreamWriter(context.Response.Body, leaveOpen: true) { NewLine = "\n" };
    }

    private static AuditEntryJson ToJson(AuditEntry entry) => new(
        entry.Id,
        entry.Time,
        entry.Actor,
        entry.Action,
        entry.Model,
        Parse(entry.Before),
        Parse(entry.After),
        entry.Reason,
        entry.Previous,
        entry.Hash);

    // An entry that was tampered with may hold anything.
    private static JsonElement? Parse(string? json)
    {
        if (json is null)
        {
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(json);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return JsonSerializer.SerializeToElement(json, ServerJson.Types.String);
        }
    }

    private static string? NullIfEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
