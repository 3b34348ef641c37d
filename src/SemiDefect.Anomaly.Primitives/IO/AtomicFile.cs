namespace SemiDefect.Anomaly.IO;

/// <summary>
/// Writes a file under a temporary name next to its destination and renames it once it is complete and flushed to disk,
/// so that readers never see a partial file and a failed write leaves the old file unchanged. Files left by a killed
/// process are deleted by the next process that writes to the same folder. Thread-safe; with several concurrent
/// writers, the last complete file wins.
/// </summary>
public static class AtomicFile
{
    private const int Attempts = 20;

    /// <summary>Writes <paramref name="path"/> by calling <paramref name="write"/>; creates missing folders.</summary>
    /// <param name="path">The file.</param>
    /// <param name="write">Writes the content.</param>
    /// <param name="flushToDisk">
    /// Whether to flush the content to disk before the rename. Without it, a power failure (but not a crash) may leave
    /// a truncated file under the new name: only for files that are verified when read and can be recreated.
    /// </param>
    /// <param name="beforeReplacing">Called when the new file is complete, before it replaces the old one; if it
    /// throws, the old one stays.</param>
    /// <exception cref="SemiDefectException">
    /// The file cannot be written, or the path is a pipe, a socket or a device, which a file must not replace; the
    /// message says why.
    /// </exception>
    public static void Write(string path, Action<Stream> write, bool flushToDisk = true, Action? beforeReplacing = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(write);
        string fullPath = Path.GetFullPath(path);
        string? temporaryPath = null;
        try
        {
            if (RegularFile.IsSpecial(fullPath))
            {
                throw new IOException("it is a pipe, a socket or a device.");
            }

            string folder = Path.GetDirectoryName(fullPath)!;
            Directory.CreateDirectory(folder);
            TemporaryName.DeleteAbandoned(folder);
            using (FileStream stream = Create(fullPath))
            {
                temporaryPath = stream.Name;
                write(stream);
                stream.Flush(flushToDisk);
                beforeReplacing?.Invoke();

                // Renamed while open: from its first byte, the lock shows that the file belongs to a running process.
                File.Move(temporaryPath, fullPath, overwrite: true);
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new SemiDefectException(
                $"Cannot write '{path}': {error.Message} Correct this or choose another location.", error);
        }
        finally
        {
            if (temporaryPath is not null)
            {
                // Already gone if the rename succeeded.
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
                // Between creation and locking, another process may have locked the file to check whether it was
                // abandoned.
                continue;
            }

            if (attempt == Attempts || File.Exists(path))
            {
                return stream;
            }

            // The other process has also deleted it.
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
            // Nothing more can be done here, and the original error is about to be reported.
        }
    }
}
