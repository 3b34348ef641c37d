using System.Security;
using SemiDefect.Anomaly.Imaging;

namespace SemiDefect.Anomaly.Sources;

/// <summary>
/// The image files below a folder, in ordinal order of their '/'-separated relative paths: the same order on every
/// system, whatever order the files were made in. Immutable, and so thread-safe; files that come or go later are not
/// noticed.
/// </summary>
public sealed class ImageFolder : IImageSource
{
    // As many as Linux follows before it gives up.
    private const int LinkLimit = 40;

    private static readonly string[] ImageExtensions = [".png", ".jpg", ".jpeg", ".bmp", ".webp", ".tif", ".tiff"];

    private readonly ImageLimits? _limits;

    private ImageFolder(
        string path, IReadOnlyList<FolderImage> items, IReadOnlyList<string> unreadableFolders, ImageLimits? limits)
    {
        _limits = limits;
        FullPath = path;
        Items = items;
        UnreadableFolders = unreadableFolders;
    }

    /// <summary>The absolute path of the folder.</summary>
    public string FullPath { get; }

    /// <inheritdoc/>
    public int Count => Items.Count;

    /// <summary>The images, at least one.</summary>
    public IReadOnlyList<FolderImage> Items { get; }

    /// <summary>The relative paths of folders that could not be listed and are left out, in ordinal order.</summary>
    public IReadOnlyList<string> UnreadableFolders { get; }

    /// <summary>
    /// Lists the images below <paramref name="path"/>: png, jpg, jpeg, bmp, webp, tif, tiff in any case. Names that
    /// begin with
    /// a dot are left out. Links are followed; a folder that several links lead to is listed once.
    /// </summary>
    /// <param name="path">The folder.</param>
    /// <param name="limits">Limits on the images read; null for those of the fit or the update that reads them.</param>
    /// <exception cref="SemiDefectException">There is no such folder, it cannot be read, or it holds no
    /// image.</exception>
    public static ImageFolder Open(string path, ImageLimits? limits = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        string root = Path.GetFullPath(path);
        if (File.Exists(root))
        {
            throw new SemiDefectException($"'{path}' is a file; give the folder that holds the images.");
        }

        if (!Directory.Exists(root))
        {
            throw new SemiDefectException($"There is no folder '{path}' (looked for '{root}'). Check the path.");
        }

        (IReadOnlyList<FolderImage> items, IReadOnlyList<string> unreadable) = ListImages(root);
        if (unreadable.Contains(string.Empty))
        {
            throw new SemiDefectException($"The folder '{path}' cannot be read. Check its permissions.");
        }

        if (items.Count == 0)
        {
            string hint = unreadable.Count == 0
                ? string.Empty
                : $" {unreadable.Count} folders below it could not be read, '{unreadable[0]}' first.";
            string extensions = string.Join(' ', ImageExtensions);
            throw new SemiDefectException($"No image lies in '{path}' or below it (looked for {extensions}).{hint}");
        }

        return new ImageFolder(root, items, unreadable, limits);
    }

    /// <summary>Images picked from elsewhere, already in ordinal order.</summary>
    /// <param name="path">The folder that their relative paths start from.</param>
    /// <param name="items">The images.</param>
    /// <param name="limits">Limits on the images read; null for those of the fit or the update that reads them.</param>
    public static ImageFolder Of(string path, IReadOnlyList<FolderImage> items, ImageLimits? limits = null) =>
        new(path, items, [], limits);

    /// <summary>A source as it is, or a folder without limits of its own under the limits given.</summary>
    internal static IImageSource Under(IImageSource source, ImageLimits limits) =>
        source is ImageFolder { _limits: null } folder
        ? new ImageFolder(folder.FullPath, folder.Items, folder.UnreadableFolders, limits)
        : source;

    /// <inheritdoc/>
    public ImageInfo Describe(int index) => new(Items[index].RelativePath);

    /// <inheritdoc/>
    public Image Read(int index, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ImageFile.Read(Items[index].FullPath, _limits);
    }

    /// <summary>Whether a file's name ends like that of an image that this engine reads.</summary>
    public static bool IsImagePath(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return ImageExtensions.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>
    /// The images below an existing folder, and the folders that could not be listed, both in ordinal order.
    /// </summary>
    public static (IReadOnlyList<FolderImage> Items, IReadOnlyList<string> UnreadableFolders) ListImages(string root)
    {
        var items = new List<FolderImage>();
        var unreadable = new List<string>();
        List(root, string.Empty, items, unreadable, new HashSet<string>(StringComparer.Ordinal));
        items.Sort((first, second) => string.CompareOrdinal(first.RelativePath, second.RelativePath));
        unreadable.Sort(StringComparer.Ordinal);
        return (items, unreadable);
    }

    private static void List(
        string folder,
        string relativeFolder,
        List<FolderImage> items,
        List<string> unreadable,
        HashSet<string> visited)
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
            unreadable.Add(relativeFolder);
            return;
        }

        // In a fixed order, and true folders before links, so that the same one of several ways to a folder is taken
        // everywhere.
        foreach (FileSystemInfo entry
            in entries.OrderBy(entry => IsLink(entry)).ThenBy(entry => entry.Name, StringComparer.Ordinal))
        {
            string relativePath = relativeFolder.Length == 0 ? entry.Name : $"{relativeFolder}/{entry.Name}";
            if (entry.Name.StartsWith('.'))
            {
                continue;
            }

            if (entry is DirectoryInfo || Directory.Exists(entry.FullName))
            {
                List(entry.FullName, relativePath, items, unreadable, visited);
            }
            else if (IsImagePath(entry.Name))
            {
                items.Add(new FolderImage(relativePath, entry.FullName));
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
