namespace SemiDefect.Anomaly.IO;

/// <summary>
/// Writes a file under a temporary name beside its destination and renames it when it is complete and flushed to
/// disk, so that no reader ever sees half of it and a failed write leaves the old file as it was. Thread-safe.
/// </summary>
public static class AtomicFile
{
    /// <summary>Writes <paramref name="path"/> through <paramref name="write"/>; creates missing folders.</summary>
    /// <param name="path">The file.</param>
    /// <param name="write">Writes its content.</param>
    /// <param name="flushToDisk">
    /// Whether to wait until the content is on the disk before the rename. Without it a power cut, though no crash, may leave a file of the new name
    /// with less in it: only for what is checked when it is read, and can be made again.
    /// </param>
    /// <param name="beforeRename">Called when the content is written and closed; when it throws, nothing appears.</param>
    /// <exception cref="SemiDefectException">The file cannot be written; the message says why.</exception>
    public static void Write(string path, Action<Stream> write, bool flushToDisk = true, Action? beforeRename = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(write);
        string fullPath = Path.GetFullPath(path);
        string temporaryPath = $"{fullPath}.{Environment.ProcessId:x}-{Guid.NewGuid():N}.tmp";
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(fullPath)!);
            using (var stream = new FileStream(temporaryPath, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 1 << 16))
            {
                write(stream);
                stream.Flush(flushToDisk);
            }

            beforeRename?.Invoke();
            File.Move(temporaryPath, fullPath, overwrite: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new SemiDefectException($"Cannot write '{path}': {error.Message} Choose another place or free it, then try again.", error);
        }
        finally
        {
            // Gone already when the rename succeeded.
            TryDelete(temporaryPath);
        }
    }

    /// <summary>Writes text as UTF-8 without a byte-order mark.</summary>
    /// <exception cref="SemiDefectException">The file cannot be written; the message says why.</exception>
    public static void WriteText(string path, string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        Write(path, stream => stream.Write(System.Text.Encoding.UTF8.GetBytes(text)));
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
