using System.Globalization;
using System.Text;
using SemiDefect.Anomaly.IO;

namespace SemiDefect.Anomaly.Cli.Output;

/// <summary>
/// The table of results: path,score,threshold,margin,decision,regions with round-trip precision, and the types of the
/// regions if the detector was taught any. Stateless.
/// </summary>
internal static class ScoreCsv
{
    public static void Write(string path, bool hasNames, IEnumerable<Row> rows)
    {
        var text = new StringBuilder("path,score,threshold,margin,decision,regions");
        text.Append(hasNames ? ",types\n" : "\n");
        foreach (Row row in rows)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"{Text.CsvField(row.Name)},{row.Score:R},{row.Threshold:R},{row.Score - row.Threshold:R},"
                    + $"{DecisionRule.NameOf(row.Decision)},{row.Regions}");
            text.Append(hasNames ? $",{Text.CsvField(string.Join(';', row.Types))}\n" : "\n");
        }

        AtomicFile.WriteText(path, text.ToString());
    }

    /// <summary>One image.</summary>
    internal sealed record Row(
        string Name,
        double Score,
        double Threshold,
        Decision Decision,
        int Regions,
        IEnumerable<string> Types);
}
