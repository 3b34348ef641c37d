namespace SemiDefect.Anomaly.Server.Watching;

/// <summary>
/// The files that were moved lately, to notice those that were not complete: a writer that paused goes on writing to
/// them. Not thread-safe.
/// </summary>
internal sealed class PlacedFiles
{
    // Longer than transfers pause; shorter than anyone edits results.
    private const long Remembered = 10 * 60 * 1000;

    private readonly List<(PlacedFile File, long Since)> _files = [];

    /// <summary>Remembers a file.</summary>
    /// <param name="file">The file, as it was inspected.</param>
    /// <param name="now">The time of a monotonic clock, in milliseconds.</param>
    public void Add(PlacedFile file, long now) => _files.Add((file, now));

    /// <summary>Takes out the files that have changed since they were inspected, and forgets old ones.</summary>
    /// <param name="now">The time of a monotonic clock, in milliseconds.</param>
    public IReadOnlyList<PlacedFile> Changed(long now)
    {
        _files.RemoveAll(file => now - file.Since > Remembered || !File.Exists(file.File.Target));
        PlacedFile[] changed = [.. _files.Select(file => file.File).Where(HasChanged)];
        _files.RemoveAll(file => changed.Contains(file.File));
        return changed;
    }

    private static bool HasChanged(PlacedFile file)
    {
        var now = new FileInfo(file.Target);
        return now.Exists
            && (now.Length != file.State.Length || now.LastWriteTimeUtc.Ticks != file.State.Written);
    }
}
