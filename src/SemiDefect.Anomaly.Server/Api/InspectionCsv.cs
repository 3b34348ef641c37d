using System.Globalization;
using SemiDefect.Anomaly.Server.Storage;

namespace SemiDefect.Anomaly.Server.Api;

/// <summary>The history as comma-separated values (RFC 4180).</summary>
internal static class InspectionCsv
{
    public const string Header =
        "id,time,model,model_version,name,sha256,width,height,decision,score,threshold,margin,p_value,regions,"
            + "verdict,note";

    public static string Line(InspectionRecord record) => string.Join(
        ',',
        Number(record.Id),
        record.Time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture),
        Text(record.Model),
        record.ModelVersion,
        Text(record.Name),
        record.Sha256,
        Number(record.Detail.Geometry.OriginalWidth),
        Number(record.Detail.Geometry.OriginalHeight),
        InspectionMapper.Decision(record),
        Number(record.Score),
        Number(record.Threshold),
        Number(record.Margin),
        record.PValue is { } p ? Number(p) : string.Empty,
        Number(record.Detail.RegionCount),
        record.Verdict ?? string.Empty,
        Text(record.VerdictNote ?? string.Empty));

    private static string Number(IFormattable number) => number.ToString(null, CultureInfo.InvariantCulture);

    private static string Text(string text)
    {
        // A spreadsheet would run such text as a formula.
        string safe = text.Length > 0 && text[0] is '=' or '+' or '-' or '@' or '\t' ? $"'{text}" : text;
        return safe.AsSpan().ContainsAny(",\"\r\n")
            ? $"\"{safe.Replace("\"", "\"\"", StringComparison.Ordinal)}\""
            : safe;
    }
}
