using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.Sources;

namespace SemiDefect.Anomaly.Server.Watching;

/// <summary>
/// Finds the complete files of a folder: those that have not changed for the settle time. Not thread-safe.
/// </summary>
internal sealed class FolderLister(string folder, string outputFolder, TimeSpan settle, Func<WatchedFile, bool> isKnown)
{
    private static readonly EnumerationOptions AllBelow = new()
    {
        RecurseSubdirectories = true,
        IgnoreInaccessible = true,
        AttributesToSkip = FileAttributes.Hidden | FileAttributes.System | FileAttributes.ReparsePoint,
    };

    private readonly string _excluded = Path.TrimEndingDirectorySeparator(outputFolder) + Path.DirectorySeparatorChar;

    // When each file state was first seen; the maximum value for files that are done.
    private Dictionary<WatchedFile, long> _since = [];

    /// <summary>The complete files that are not yet known, from the oldest to the newest.</summary>
    /// <param name="now">The time of a monotonic clock, in milliseconds.</param>
    public IReadOnlyList<WatchedFile> List(long now)
    {
        var since = new Dictionary<WatchedFile, long>();
        var complete = new List<WatchedFile>();
        foreach (FileInfo file in new DirectoryInfo(folder).EnumerateFiles("*", AllBelow))
        {
            if (!ImageFile.HasImageExtension(file.Name)
                || IsPassedOver(Path.GetRelativePath(folder, file.FullName))
                || file.FullName.StartsWith(_excluded, StringComparison.Ordinal))
            {
                continue;
            }

            WatchedFile state;
            try
            {
                string path = Path.GetRelativePath(folder, file.FullName).Replace(Path.DirectorySeparatorChar, '/');
                state = new WatchedFile(path, file.Length, file.LastWriteTimeUtc.Ticks);
            }
            catch (IOException)
            {
                // Deleted since it was listed.
                continue;
            }

            if (!_since.TryGetValue(state, out long first))
            {
                first = isKnown(state) ? long.MaxValue : now;
            }

            since[state] = first;
            if (first != long.MaxValue
                && now - first >= settle.TotalMilliseconds
                && state.Length > 0
                && IsFree(file.FullName))
            {
                complete.Add(state);
            }
        }

        _since = since;
        complete.Sort((a, b) => a.Written != b.Written
            ? a.Written.CompareTo(b.Written)
            : string.CompareOrdinal(a.Path, b.Path));
        return complete;
    }

    /// <summary>Marks a file state as done.</summary>
    public void Done(WatchedFile file) => _since[file] = long.MaxValue;

    // Thumbnails that a storage system makes of the images would be inspected as well.
    private static bool IsPassedOver(string relativePath)
    {
        string[] names = relativePath.Split(Path.DirectorySeparatorChar);
        return FolderListing.IsPassedOver(names[^1], isFolder: false)
            || names[..^1].Any(name => FolderListing.IsPassedOver(name, isFolder: true));
    }

    // Some systems refuse to open a file that is still being written.
    private static bool IsFree(string path)
    {
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
