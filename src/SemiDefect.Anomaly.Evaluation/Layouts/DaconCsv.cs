using System.Globalization;
using System.Text;

namespace SemiDefect.Anomaly.Evaluation.Layouts;

/// <summary>
/// Reads the csv files of the DACON semiconductor contest: the list of test images (id,img_path) and the labels (id,label), or both in
/// one. UTF-8, with or without a byte-order mark; quoting as in RFC 4180. Thread-safe: nothing is kept.
/// </summary>
public static class DaconCsv
{
    private const int LargestFile = 64 << 20;
    private const string IdColumn = "id";
    private const string PathColumn = "img_path";
    private const string LabelColumn = "label";

    /// <summary>Reads a file. Columns of other names are passed over; the names' case does not matter.</summary>
    /// <param name="path">The csv file. Image paths in it are relative to its folder; '/' and '\' both separate.</param>
    /// <param name="allowOutside">Whether image paths may be absolute, or lead out of the file's folder.</param>
    /// <returns>The rows in the order of the file, at least one.</returns>
    /// <exception cref="SemiDefectException">The file cannot be read, or is not such a list; the message gives the line.</exception>
    public static IReadOnlyList<DaconItem> Read(string path, bool allowOutside = false)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        IReadOnlyList<CsvRow> rows = CsvReader.Parse(ReadText(path), path);
        if (rows.Count == 0)
        {
            throw new SemiDefectException($"'{path}' is empty; it needs a first line with the columns id and img_path or label.");
        }

        int idAt = ColumnOf(rows[0], IdColumn, path);
        int pathAt = ColumnOf(rows[0], PathColumn, path);
        int labelAt = ColumnOf(rows[0], LabelColumn, path);
        if (idAt < 0 || (pathAt < 0 && labelAt < 0))
        {
            throw new SemiDefectException(
                $"'{path}', line {rows[0].Line}: the columns id and img_path or label are needed, but the first line says '{string.Join(',', rows[0].Fields)}'.");
        }

        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        var items = new List<DaconItem>(rows.Count - 1);
        var ids = new HashSet<string>(StringComparer.Ordinal);
        foreach (CsvRow row in rows.Skip(1))
        {
            string place = $"'{path}', line {row.Line}";
            if (row.Fields.Count != rows[0].Fields.Count)
            {
                throw new SemiDefectException($"{place}: {rows[0].Fields.Count} columns are expected, {row.Fields.Count} found.");
            }

            string id = row.Fields[idAt];
            if (id.Length == 0 || !ids.Add(id))
            {
                throw new SemiDefectException($"{place}: {(id.Length == 0 ? "the id is missing" : $"the id '{id}' was there before")}; every row needs its own.");
            }

            (string Relative, string Full)? image = pathAt < 0 ? null : Locate(row.Fields[pathAt], folder, allowOutside, place);
            items.Add(new DaconItem(id, image?.Relative, image?.Full, labelAt < 0 ? null : LabelOf(row.Fields[labelAt], place)));
        }

        return items.Count > 0 ? items : throw new SemiDefectException($"'{path}' has no rows below its first line.");
    }

    private static string ReadText(string path)
    {
        try
        {
            using FileStream stream = File.OpenRead(path);
            if (stream.Length > LargestFile)
            {
                throw new SemiDefectException($"'{path}' has {stream.Length} bytes; at most {LargestFile} are read. Split it.");
            }

            using var reader = new StreamReader(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true));
            return reader.ReadToEnd();
        }
        catch (DecoderFallbackException error)
        {
            throw new SemiDefectException($"'{path}' is not UTF-8 text; save it as UTF-8.", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new SemiDefectException($"Cannot read '{path}': {error.Message}", error);
        }
    }

    private static int ColumnOf(CsvRow header, string name, string path)
    {
        int[] found = [.. Enumerable.Range(0, header.Fields.Count).Where(i => header.Fields[i].Trim().Equals(name, StringComparison.OrdinalIgnoreCase))];
        return found.Length <= 1
            ? found.FirstOrDefault(-1)
            : throw new SemiDefectException($"'{path}', line {header.Line}: the column {name} is there {found.Length} times.");
    }

    private static int LabelOf(string text, string place) =>
        int.TryParse(text.Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int label)
            ? label
            : throw new SemiDefectException($"{place}: the label '{text}' is not a whole number.");

    private static (string Relative, string Full) Locate(string text, string folder, bool allowOutside, string place)
    {
        if (string.IsNullOrWhiteSpace(text) || text.Contains('\0', StringComparison.Ordinal))
        {
            throw new SemiDefectException($"{place}: the image path is {(text.Contains('\0', StringComparison.Ordinal) ? "not a path" : "missing")}.");
        }

        // Taken apart by hand, because what is absolute, and what separates, differs from system to system.
        string uniform = text.Replace('\\', '/');
        var segments = new List<string>();
        bool isOutside = uniform.StartsWith('/') || (uniform.Length >= 2 && char.IsAsciiLetter(uniform[0]) && uniform[1] == ':');
        foreach (string segment in uniform.Split('/'))
        {
            if (segment == ".." && segments.Count > 0)
            {
                segments.RemoveAt(segments.Count - 1);
            }
            else if (segment == "..")
            {
                isOutside = true;
            }
            else if (segment is not ("" or "."))
            {
                segments.Add(segment);
            }
        }

        if (!isOutside)
        {
            return segments.Count > 0
                ? (string.Join('/', segments), Path.Combine([folder, .. segments]))
                : throw new SemiDefectException($"{place}: the image path '{text}' names a folder.");
        }

        if (!allowOutside)
        {
            throw new SemiDefectException($"{place}: the image path '{text}' leads out of '{folder}', which must be allowed explicitly.");
        }

        string full = Path.GetFullPath(uniform, folder);
        return (full.Replace('\\', '/'), full);
    }
}
