using System.Collections.Concurrent;
using System.Globalization;
using System.IO.Hashing;
using System.Text;

namespace SemiDefect.Anomaly.IO;

/// <summary>
/// Names of files that are being written: NAME.MACHINE-UNIQUE.tmp, next to NAME. A writer keeps its file open and
/// locked until it has its final name, so an unlocked file was left by a killed process. Thread-safe.
/// </summary>
internal static class TemporaryName
{
    private const string Extension = ".tmp";
    private const int MachineLength = 8;
    private const int UniqueLength = 32;

    // Locks may not be visible across a network, so files of other machines are only deleted once they are old enough.
    private static readonly TimeSpan LongestWrite = TimeSpan.FromDays(2);

    // Each folder is searched once: thousands of files may be written to it.
    private static readonly ConcurrentDictionary<string, bool> CleanFolders = new(StringComparer.Ordinal);
    private static readonly string Machine = Crc32.HashToUInt32(Encoding.UTF8.GetBytes(Environment.MachineName))
        .ToString("x8", CultureInfo.InvariantCulture);

    /// <summary>A name that nobody else uses, cut where it would be longer than file systems take.</summary>
    public static string Next(string fullPath)
    {
        string mark = $".{Machine}-{Guid.NewGuid():N}{Extension}";
        string name = FileName.Cut(Path.GetFileName(fullPath), FileName.LongestBytes - mark.Length);
        return Path.Combine(Path.GetDirectoryName(fullPath) ?? string.Empty, name + mark);
    }

    /// <summary>
    /// Deletes the temporary files in a folder that no process has locked; only on the first call of this process.
    /// </summary>
    public static void DeleteAbandoned(string folder)
    {
        if (!CleanFolders.TryAdd(folder, true))
        {
            return;
        }

        string[] candidates;
        try
        {
            candidates = Directory.GetFiles(folder, "*" + Extension);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The folder may be writable but not readable.
            return;
        }

        foreach (string path in candidates)
        {
            string name = Path.GetFileNameWithoutExtension(path);
            string mark = name[(name.LastIndexOf('.') + 1)..];
            if (name.Length > mark.Length + 1 && IsMark(mark))
            {
                DeleteIfAbandoned(path, mark.StartsWith(Machine, StringComparison.Ordinal));
            }
        }
    }

    private static bool IsMark(string text) =>
        text.Length == MachineLength + 1 + UniqueLength
        && text[MachineLength] == '-'
        && text.Remove(MachineLength, 1).All(char.IsAsciiHexDigitLower);

    private static void DeleteIfAbandoned(string path, bool isOurs)
    {
        try
        {
            if (!isOurs && DateTime.UtcNow - File.GetLastWriteTimeUtc(path) < LongestWrite)
            {
                return;
            }

            // Fails while its writer is running; deleted under the lock, so that no writer can take it in between.
            new FileStream(
                path,
                FileMode.Open,
                FileAccess.ReadWrite,
                FileShare.None,
                bufferSize: 0,
                FileOptions.DeleteOnClose).Dispose();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // In use, already gone, or not permitted: harmless.
        }
    }
}
