using SemiDefect.Anomaly.Imaging;

namespace SemiDefect.Anomaly.Sources;

/// <summary>
/// The image files below a folder, in ordinal order of their '/'-separated relative paths: the same order on every
/// system, whatever order the files were made in. Immutable, and so thread-safe; files that come or go later are not
/// noticed.
/// </summary>
public sealed class ImageFolder : IImageSource
{
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
    /// Lists the images below <paramref name="path"/>: the files with one of <see cref="ImageFile.Extensions"/>, in any
    /// case. Names that begin with a dot and folders of systems (see <see cref="FolderListing.PassedOver"/>) are left
    /// out. Links are followed; a folder that several links lead to is listed once.
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
            string extensions = string.Join(' ', ImageFile.Extensions);
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
    public static bool IsImagePath(string path) => ImageFile.HasImageExtension(path);

    /// <summary>
    /// The images below an existing folder, and the folders that could not be listed, both in ordinal order.
    /// </summary>
    public static (IReadOnlyList<FolderImage> Items, IReadOnlyList<string> UnreadableFolders) ListImages(string root)
    {
        FolderListing listing = FolderListing.Read(root);
        return (listing.Images, listing.UnreadableFolders);
    }
}
