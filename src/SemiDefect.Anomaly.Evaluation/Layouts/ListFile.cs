using System.Text;

namespace SemiDefect.Anomaly.Evaluation.Layouts;

/// <summary>Reads the text of lists and annotations, and finds the images that they name. Stateless.</summary>
internal static class ListFile
{
    private const long LargestFile = 64 << 20;

    /// <summary>Reads a file of UTF-8 text, with or without a byte-order mark.</summary>
    /// <exception cref="SemiDefectException">It cannot be read, or is too large, empty or not UTF-8.</exception>
    public static string ReadText(string path)
    {
        try
        {
            long length = new FileInfo(path) is var file && file.ResolveLinkTarget(true) is FileInfo target
                ? target.Length
                : file.Length;
            if (length > LargestFile)
            {
                throw new SemiDefectException(
                    $"'{path}' is larger than {LargestFile >> 20} MiB, the limit for a list of images: split it.");
            }

            // Pipes and devices have no length; to open one may wait forever.
            return length == 0
                ? throw new SemiDefectException($"'{path}' is empty, or no regular file: it must list images.")
                : File.ReadAllText(path, new UTF8Encoding(false, throwOnInvalidBytes: true));
        }
        catch (DecoderFallbackException error)
        {
            throw new SemiDefectException($"'{path}' is not UTF-8 text: save it as CSV UTF-8.", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new SemiDefectException($"Cannot read '{path}': {error.Message.ReplaceLineEndings(" ")}", error);
        }
    }

    /// <summary>
    /// Brings a path in a list to one form, so that './a.png', 'x/../a.png' and 'a.png' are one file: '/'-separated,
    /// without '.' and '..' where they can be resolved.
    /// </summary>
    public static string Normalize(string path)
    {
        var parts = new List<string>();
        string text = path.Trim().Replace('\\', '/');
        foreach (string part in text.Split('/'))
        {
            if (part == ".." && parts.Count > 0 && parts[^1] is not ("" or ".."))
            {
                parts.RemoveAt(parts.Count - 1);
            }
            else if (part != "." && (part.Length > 0 || parts.Count == 0))
            {
                parts.Add(part);
            }
        }

        // Two at the start lead to another computer, on Windows.
        return (text.StartsWith("//", StringComparison.Ordinal) ? "/" : string.Empty) + string.Join('/', parts);
    }

    /// <summary>
    /// Text of a file for a message of one line: without control characters, and not longer than a line.
    /// </summary>
    public static string Printable(string text)
    {
        const int Longest = 120;
        string line = string.Concat(text.Take(Longest).Select(next => char.IsControl(next) ? '?' : next));
        return text.Length > Longest ? $"{line}..." : line;
    }

    /// <summary>The first of several folders below which a named image lies; the first if it lies in none.</summary>
    public static string FindBase(string image, params IReadOnlyList<string?> folders) =>
        folders.FirstOrDefault(folder => folder is not null && File.Exists(Path.Combine(folder, image)))
            ?? folders.First(folder => folder is not null)!;
}
