using System.Security;
using SemiDefect.Anomaly.Imaging;

namespace SemiDefect.Anomaly.Sources;

/// <summary>
/// What lies below a folder: images, other files, folders, and what was passed over, all in ordinal order of their
/// '/'-separated relative paths. Immutable and thread-safe; files that come or go later are not noticed.
/// </summary>
public sealed class FolderListing
{
    // As many as Linux follows before it gives up.
    private const int LinkLimit = 40;

    // Copies, previews and wastebaskets that storage systems, archivers and notebooks keep beside what users put there.
    private static readonly string[] SystemFolders =
    [
        "@eaDir", "@Recycle", "@Recently-Snapshot", "#recycle", "#snapshot", "$RECYCLE.BIN", "RECYCLER", "__MACOSX",
        "System Volume Information", "lost+found",
    ];

    private static readonly string[] SystemFiles = ["Thumbs.db", "ehthumbs.db", "ehthumbs_vista.db", "desktop.ini"];

    private readonly List<FolderImage> _images = [];
    private readonly List<string> _otherFiles = [];
    private readonly List<string> _folders = [];
    private readonly List<string> _unreadable = [];
    private readonly List<string> _passedOver = [];

    private FolderListing(string root) => FullPath = root;

    /// <summary>The absolute path of the folder.</summary>
    public string FullPath { get; }

    /// <summary>The images.</summary>
    public IReadOnlyList<FolderImage> Images => _images;

    /// <summary>The relative paths of files that are no images.</summary>
    public IReadOnlyList<string> OtherFiles => _otherFiles;

    /// <summary>The relative paths of folders, empty ones as well.</summary>
    public IReadOnlyList<string> Folders => _folders;

    /// <summary>
    /// The relative paths of folders that could not be listed and are left out; empty for the folder itself.
    /// </summary>
    public IReadOnlyList<string> UnreadableFolders => _unreadable;

    /// <summary>
    /// The relative paths of what was passed over without looking into it: names that begin with a dot, folders of
    /// storage systems and archivers (@eaDir, #recycle, $RECYCLE.BIN, __MACOSX and the like, in any case), and
    /// databases of thumbnails.
    /// </summary>
    public IReadOnlyList<string> PassedOver => _passedOver;

    /// <summary>Whether a file or a folder of this name is passed over; see <see cref="PassedOver"/>.</summary>
    public static bool IsPassedOver(string name, bool isFolder)
    {
        ArgumentNullException.ThrowIfNull(name);
        return name.StartsWith('.')
            || (isFolder ? SystemFolders : SystemFiles).Contains(name, StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>Lists an existing folder. Links are followed.</summary>
    /// <param name="root">The folder.</param>
    /// <param name="isApart">
    /// Whether each folder directly below is listed on its own, so that a link from one to the other shows the same
    /// files in both; otherwise a folder that several links lead to is listed once.
    /// </param>
    public static FolderListing Read(string root, bool isApart = false)
    {
        ArgumentException.ThrowIfNullOrEmpty(root);
        var listing = new FolderListing(root);
        listing.List(root, string.Empty, new HashSet<string>(StringComparer.Ordinal), isApart);
        listing._images.Sort((first, second) => string.CompareOrdinal(first.RelativePath, second.RelativePath));
        foreach (List<string> paths
            in new[] { listing._otherFiles, listing._folders, listing._unreadable, listing._passedOver })
        {
            paths.Sort(StringComparer.Ordinal);
        }

        return listing;
    }

    private void List(string folder, string relativeFolder, HashSet<string> visited, bool isApart)
    {
        FileSystemInfo[] entries;
        try
        {
            if (!visited.Add(RealPath(folder, LinkLimit)))
            {
                return;
            }

            entries = new DirectoryInfo(folder).GetFileSystemInfos();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or SecurityException)
        {
            _unreadable.Add(relativeFolder);
            return;
        }

        // In a fixed order, and true folders before links, so that the same one of several ways to a folder is taken
        // everywhere.
        foreach (FileSystemInfo entry
            in entries.OrderBy(entry => IsLink(entry)).ThenBy(entry => entry.Name, StringComparer.Ordinal))
        {
            string relativePath = relativeFolder.Length == 0 ? entry.Name : $"{relativeFolder}/{entry.Name}";
            bool isFolder = entry is DirectoryInfo || Directory.Exists(entry.FullName);
            if (IsPassedOver(entry.Name, isFolder))
            {
                _passedOver.Add(relativePath);
            }
            else if (isFolder)
            {
                _folders.Add(relativePath);
                List(
                    entry.FullName,
                    relativePath,
                    isApart ? new HashSet<string>(visited, StringComparer.Ordinal) : visited,
                    isApart: false);
            }
            else if (ImageFile.HasImageExtension(entry.Name))
            {
                _images.Add(new FolderImage(relativePath, entry.FullName));
            }
            else
            {
                _otherFiles.Add(relativePath);
            }
        }
    }

    private static bool IsLink(FileSystemInfo entry) => entry.Attributes.HasFlag(FileAttributes.ReparsePoint);

    /// <summary>The path with every link on the way resolved, so that two ways to one folder compare equal.</summary>
    private static string RealPath(string path, int linksLeft)
    {
        string? parent = Path.GetDirectoryName(path);
        if (parent is null)
        {
            return path;
        }

        string resolved = Path.Combine(RealPath(parent, linksLeft), Path.GetFileName(path));
        FileSystemInfo? target = Directory.ResolveLinkTarget(resolved, returnFinalTarget: true);
        return target is null ? resolved
            : linksLeft == 0 ? throw new IOException($"'{path}' leads through too many links.")
            : RealPath(Path.TrimEndingDirectorySeparator(target.FullName), linksLeft - 1);
    }
}
