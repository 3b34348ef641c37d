using SemiDefect.Anomaly.Evaluation.Layouts;
using SemiDefect.Anomaly.IO;

namespace SemiDefect.Anomaly.Evaluation.Reports;

/// <summary>
/// The submission file of a contest: a csv with the columns id and label, filled in the order of the contest's
/// template. Each image is matched by its id (its file name without extension), never by its position. Labels are 0
/// (normal) and 1 (abnormal); other columns are kept. Stateless.
/// </summary>
public static class SubmissionFile
{
    private const int NamesShown = 5;

    /// <summary>Fills the template and writes the submission.</summary>
    /// <param name="templatePath">The template of the contest.</param>
    /// <param name="outputPath">The submission; may be the same file.</param>
    /// <param name="verdicts">The paths or names of the images, and whether each is abnormal.</param>
    /// <exception cref="SemiDefectException">
    /// A file cannot be read or written, or an id is missing, unknown or duplicated; nothing is written then.
    /// </exception>
    public static void Write(
        string templatePath,
        string outputPath,
        IEnumerable<(string Path, bool IsAbnormal)> verdicts)
    {
        ArgumentNullException.ThrowIfNull(verdicts);
        CsvTable table = CsvTable.Read(templatePath);
        int idColumn = table.Require("id");
        int labelColumn = table.Require("label");
        Dictionary<string, bool> byId = ById(verdicts);
        var rows = new List<IEnumerable<string>> { table.Header };
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var missing = new List<string>();
        foreach (string[] row in table.Rows)
        {
            string id = row[idColumn].Trim();
            if (!seen.Add(id))
            {
                throw new SemiDefectException(
                    $"'{templatePath}' lists the id '{id}' twice: it is not the template of the contest.");
            }

            if (!byId.TryGetValue(id, out bool isAbnormal))
            {
                missing.Add(id);
                continue;
            }

            string[] filled = [.. row];
            filled[labelColumn] = isAbnormal ? "1" : "0";
            rows.Add(filled);
        }

        if (missing.Count > 0)
        {
            throw new SemiDefectException(
                $"{missing.Count} {(missing.Count == 1 ? "id has" : "ids have")} no readable image ({Some(missing)}): "
                    + $"score every image that '{templatePath}' lists.");
        }

        string[] extra = [.. byId.Keys.Where(id => !seen.Contains(id)).Order(StringComparer.Ordinal)];
        if (extra.Length > 0)
        {
            throw new SemiDefectException(
                $"'{templatePath}' does not list {extra.Length} of the scored images ({Some(extra)}): score only the "
                    + "images that it lists.");
        }

        AtomicFile.WriteText(outputPath, CsvTable.Format(table.Separator, rows));
    }

    private static Dictionary<string, bool> ById(IEnumerable<(string Path, bool IsAbnormal)> verdicts)
    {
        var byId = new Dictionary<string, bool>(StringComparer.Ordinal);
        foreach ((string path, bool isAbnormal) in verdicts)
        {
            string id = Path.GetFileNameWithoutExtension(path.Replace('\\', '/'));
            if (!byId.TryAdd(id, isAbnormal))
            {
                throw new SemiDefectException($"Two of the scored images have the id '{id}': score each image once.");
            }
        }

        return byId;
    }

    private static string Some(IReadOnlyList<string> names) =>
        string.Join(", ", names.Take(NamesShown)) + (names.Count > NamesShown ? ", ..." : "");
}
