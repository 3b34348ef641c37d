using System.Security;
using SemiDefect.Anomaly.Imaging;

namespace SemiDefect.Anomaly.Sources;

/// <summary>
/// The image files in a folder and its subfolders, in ordinal order of their '/'-separated relative paths: the same
/// order on every system. Immutable and thread-safe; later changes to the folder are not noticed.
/// </summary>
public sealed class ImageFolder : IImageSource
{
    // The limit of Linux for nested symbolic links.
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
    /// start with a dot are skipped. Links are followed; a folder reached by several links is listed once.
    /// </summary>
    /// <param name="path">The folder.</param>
    /// <param name="limits">Limits on images to read; null for those of the fit or update that reads them.</param>
    /// <exception cref="SemiDefectException">The folder does not exist, cannot be read, or contains no
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

    /// <summary>A selection of images, already in ordinal order.</summary>
    /// <param name="path">The folder that their paths are relative to.</param>
    /// <param name="items">The images.</param>
    /// <param name="limits">Limits on images to read; null for those of the fit or update that reads them.</param>
    public static ImageFolder Of(string path, IReadOnlyList<FolderImage> items, ImageLimits? limits = null) =>
        new(path, items, [], limits);

    /// <summary>The source itself, or a folder without limits of its own with the given limits.</summary>
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

    /// <summary>Whether the extension of a file name is that of a supported image format.</summary>
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

        // In a fixed order, with real folders before links, so that the same path is chosen everywhere if several lead
        // to a folder.
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

    /// <summary>The path with all links resolved, so that two paths to the same folder compare equal.</summary>
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
