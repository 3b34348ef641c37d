using System.Globalization;
using SemiDefect.Anomaly.Server.Inspecting;
using SemiDefect.Anomaly.Server.Storage;

namespace SemiDefect.Anomaly.Server.Api;

/// <summary>Converts records to responses.</summary>
internal static class InspectionMapper
{
    public static string Decision(InspectionRecord record) => DecisionRule.NameOf(record.Decision);

    public static InspectionJson ToJson(InspectionRecord record)
    {
        string self = $"/api/v1/inspections/{record.Id}";
        bool kept = record.Picture is not null;
        InspectionDetail detail = record.Detail;
        return new InspectionJson(
            record.Id,
            record.Time,
            record.Model,
            record.ModelVersion,
            record.Name,
            record.Sha256,
            detail.Geometry.OriginalWidth,
            detail.Geometry.OriginalHeight,
            Decision(record),
            record.Score,
            record.Threshold,
            record.Margin,
            record.PValue,
            record.PixelThreshold,
            detail.RegionCount,
            detail.Regions,
            new NearestJson(detail.Match.X, detail.Match.Y, detail.Match.Score, detail.Match.TrainingImage),
            record.Verdict is null
                ? null
                : new VerdictJson(record.Verdict, record.VerdictNote, record.VerdictTime!.Value),
            new InspectionLinks(
                self,
                kept ? $"{self}/image" : null,
                kept ? $"{self}/heatmap.png" : null,
                kept ? $"{self}/compare" : null),
            record.CheckThreshold,
            record.Labels.Station,
            record.Labels.Lot,
            record.Labels.Part,
            [.. (detail.Notes ?? []).Select(note => ToJson(note, detail))]);
    }

    private static NoteJson ToJson(InspectionNote note, InspectionDetail detail)
    {
        (int width, int height) = (detail.Geometry.OriginalWidth, detail.Geometry.OriginalHeight);
        string what = note.Code == UnlikeSize.Size ? "far from the size" : "of another shape than those";
        return new NoteJson(
            note.Code,
            string.Create(
                CultureInfo.InvariantCulture,
                $"The image has {width} x {height} pixels, {what} learned from ({note.LearnedWidth} x "
                    + $"{note.LearnedHeight}): check the camera, or learn from such images."),
            note.LearnedWidth,
            note.LearnedHeight);
    }
}
