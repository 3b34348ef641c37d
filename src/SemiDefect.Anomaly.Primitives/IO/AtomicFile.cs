namespace SemiDefect.Anomaly.IO;

/// <summary>
/// Writes a file under a temporary name beside its destination and renames it when it is complete and flushed to disk,
/// so that no reader ever sees half of it and a failed write leaves the old file as it was. What a killed process left
/// behind is deleted by the next process that writes to the same folder. Thread-safe; of several writers at once the
/// last one's file stays, whole.
/// </summary>
public static class AtomicFile
{
    private const int Attempts = 20;

    /// <summary>Writes <paramref name="path"/> through <paramref name="write"/>; creates missing folders.</summary>
    /// <param name="path">The file.</param>
    /// <param name="write">Writes its content.</param>
    /// <param name="flushToDisk">
    /// Whether to wait until the content is on the disk before the rename. Without it a power cut, though no crash, may
    /// leave a file of the new name
    /// with less in it: only for what is checked when it is read, and can be made again.
    /// </param>
    /// <param name="beforeReplacing">Called when the new file is complete and the old one still in its place; when it
    /// throws, the old one stays.</param>
    /// <exception cref="SemiDefectException">The file cannot be written; the message says why.</exception>
    public static void Write(string path, Action<Stream> write, bool flushToDisk = true, Action? beforeReplacing = null)
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
                stream.Flush(flushToDisk);
                beforeReplacing?.Invoke();

                // Renamed while open: from its first byte on, the file is known by its lock to be somebody's.
                File.Move(temporaryPath, fullPath, overwrite: true);
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new SemiDefectException(
                $"Cannot write '{path}': {error.Message} Choose another place or free it, then try again.", error);
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

    /// <summary>Writes text as UTF-8 without a byte-order mark.</summary>
    /// <exception cref="SemiDefectException">The file cannot be written; the message says why.</exception>
    public static void WriteText(string path, string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        Write(path, stream => stream.Write(System.Text.Encoding.UTF8.GetBytes(text)));
    }

    private static FileStream Create(string fullPath)
    {
        for (int attempt = 1; ; attempt++)
        {
            string path = TemporaryName.Next(fullPath);
            FileStream stream;
            try
            {
                stream = new FileStream(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Delete, 1 << 16);
            }
            catch (IOException) when (attempt < Attempts)
            {
                // Another process may have looked whether the file was abandoned, between its making and its locking,
                // and have locked it.
                continue;
            }

            if (attempt == Attempts || File.Exists(path))
            {
                return stream;
            }

            // It has deleted it as well.
            stream.Dispose();
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
