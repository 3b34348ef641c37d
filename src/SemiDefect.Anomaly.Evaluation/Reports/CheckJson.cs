using SemiDefect.Anomaly.Evaluation.Checks;

namespace SemiDefect.Anomaly.Evaluation.Reports;

/// <summary>Writes the findings in a data set as JSON; the keys are a contract. Stateless.</summary>
public static class CheckJson
{
    /// <summary>Creates the document.</summary>
    public static string Write(CheckReport report, string dataset)
    {
        ArgumentNullException.ThrowIfNull(report);
        return EvaluationJson.Text(writer =>
        {
            writer.WriteStartObject();
            writer.WriteNumber("schema", 1);
            writer.WriteString("dataset", dataset);
            writer.WriteBoolean("problems", report.HasProblems);
            writer.WriteNumber("training_images", report.Training);
            writer.WriteStartObject("tested_images");
            foreach ((string type, int count) in report.Tested)
            {
                writer.WriteNumber(type, count);
            }

            writer.WriteEndObject();
            writer.WriteStartArray("findings");
            foreach (CheckFinding finding in report.Findings)
            {
                writer.WriteStartObject();
                writer.WriteString(
                    "severity",
                    finding.Severity switch
                    {
                        CheckSeverity.Error => "error",
                        CheckSeverity.Warning => "warning",
                        _ => "info",
                    });
                writer.WriteString("code", finding.Code);
                writer.WriteString("message", finding.Message);
                EvaluationJson.WriteList(writer, "paths", finding.Paths);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        });
    }
}
