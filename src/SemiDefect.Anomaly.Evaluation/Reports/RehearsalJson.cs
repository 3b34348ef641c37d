using System.Text.Json;
using SemiDefect.Anomaly.Evaluation.Rehearsals;

namespace SemiDefect.Anomaly.Evaluation.Reports;

/// <summary>Writes a rehearsal as JSON; the keys are a contract. Stateless.</summary>
public static class RehearsalJson
{
    /// <summary>Creates the document.</summary>
    public static string Write(RehearsalResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        return EvaluationJson.Text(writer =>
        {
            writer.WriteStartObject();
            writer.WriteNumber("schema", 1);
            writer.WriteNumber("images", result.Images.Count);
            EvaluationJson.WriteList(writer, "already_abnormal", result.AlreadyAbnormal);
            writer.WriteNumber("seed", result.Options.Seed);
            writer.WriteStartObject("limits");
            foreach (RehearsalLimit limit in result.Limits)
            {
                writer.WriteStartObject(Key(limit.Kind));
                EvaluationJson.WriteNumber(writer, "smallest_size", limit.SmallestSize);
                EvaluationJson.WriteNumber(writer, "lowest_contrast", limit.LowestContrast);
                writer.WriteEndObject();
            }

            writer.WriteEndObject();
            writer.WriteStartArray("cells");
            foreach (RehearsalCell cell in result.Cells)
            {
                writer.WriteStartObject();
                writer.WriteString("kind", Key(cell.Kind));
                writer.WriteNumber("size", cell.Size);
                writer.WriteNumber("contrast", cell.Contrast);
                writer.WriteNumber("trials", cell.Trials);
                writer.WriteNumber("found", cell.Found);
                writer.WriteNumber("located", cell.Located);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        });
    }

    private static string Key(SyntheticDefectKind kind) => JsonNamingPolicy.SnakeCaseLower.ConvertName(kind.ToString());
}
