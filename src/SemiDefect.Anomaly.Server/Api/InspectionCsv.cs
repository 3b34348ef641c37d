using System.Globalization;
using SemiDefect.Anomaly.Server.Storage;

namespace SemiDefect.Anomaly.Server.Api;

/// <summary>The history as comma-separated values (RFC 4180).</summary>
internal static class InspectionCsv
{
    public const string Header =
        "id,time,model,model_version,name,sha256,width,height,decision,score,threshold,margin,p_value,regions,"
            + "verdict,note,check_threshold,station,lot,part,notes";

    public static string Line(InspectionRecord record) => string.Join(
        ',',
        Number(record.Id),
        CsvText.Time(record.Time),
        CsvText.Cell(record.Model),
        record.ModelVersion,
        CsvText.Cell(record.Name),
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
        CsvText.Cell(record.VerdictNote),
        record.CheckThreshold is { } check ? Number(check) : string.Empty,
        CsvText.Cell(record.Labels.Station),
        CsvText.Cell(record.Labels.Lot),
        CsvText.Cell(record.Labels.Part),
        string.Join(' ', (record.Detail.Notes ?? []).Select(note => note.Code)));

    private static string Number(IFormattable number) => number.ToString(null, CultureInfo.InvariantCulture);
}
