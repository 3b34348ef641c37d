namespace SemiDefect.Anomaly.IO;

/// <summary>
/// Writes a file under a temporary name beside its destination and renames it when it is complete and flushed to
/// disk, so that no reader ever sees half of it and a failed write leaves the old file as it was. What a killed process left behind
/// is deleted by the next process that writes to the same folder. Thread-safe; of several writers at once the last one's file stays, whole.
/// </summary>
public static class AtomicFile
{
    private const int Attempts = 5;

    /// <summary>Writes <paramref name="path"/> through <paramref name="write"/>; creates missing folders.</summary>
    /// <exception cref="SemiDefectException">The file cannot be written; the message says why.</exception>
    public static void Write(string path, Action<Stream> write) => Write(path, write, beforeReplacing: null);

    /// <summary>Writes text as UTF-8 without a byte-order mark.</summary>
    /// <exception cref="SemiDefectException">The file cannot be written; the message says why.</exception>
    public static void WriteText(string path, string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        Write(path, stream => stream.Write(System.Text.Encoding.UTF8.GetBytes(text)));
    }

    /// <summary>As above; <paramref name="beforeReplacing"/> runs when the new file is complete and the old one still in its place.</summary>
    internal static void Write(string path, Action<Stream> write, Action? beforeReplacing)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(write);
        string fullPath = Path.GetFullPath(path);
        string? temporaryPath = null;
        try
        {
            string folder = Path.GetDirectoryName(fullPath)!;
            Directory.CreateDirectory(folder);
            TemporaryName.DeleteAbandoned(folder);
            using (FileStream stream = Create(fullPath))
            {
                temporaryPath = stream.Name;
                write(stream);
                stream.Flush(flushToDisk: true);
                beforeReplacing?.Invoke();

                // Renamed while open: from its first byte on, the file is known by its lock to be somebody's.
                File.Move(temporaryPath, fullPath, overwrite: true);
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new SemiDefectException($"Cannot write '{path}': {error.Message} Choose another place or free it, then try again.", error);
        }
        finally
        {
            if (temporaryPath is not null)
            {
                // Gone already when the rename succeeded.
                TryDelete(temporaryPath);
            }
        }
    }

    private static FileStream Create(string fullPath)
    {
        for (int attempt = 1; ; attempt++)
        {
            string path = TemporaryName.Next(fullPath);
            try
            {
                return new FileStream(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Delete, 1 << 16);
            }
            catch (IOException) when (attempt < Attempts && File.Exists(path))
            {
                // Another process looked whether the file was abandoned, between its making and its locking; it deletes it now.
            }
        }
    }

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Nothing more can be done here, and the error that led here is already on its way.
        }
    }
}
