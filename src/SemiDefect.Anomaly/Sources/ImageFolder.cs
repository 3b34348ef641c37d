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
    private readonly ImageReading _reading;

    private ImageFolder(
        string path,
        IReadOnlyList<FolderImage> items,
        IReadOnlyList<string> unreadableFolders,
        ImageLimits? limits,
        ImageReading? reading = null)
    {
        _limits = limits;
        _reading = reading ?? ImageReading.Default;
        FullPath = path;
        Items = items;
        UnreadableFolders = unreadableFolders;
        if (limits is not null && reading is null)
        {
            _reading = _reading with { Limits = limits };
        }
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

    /// <summary>
    /// The same files with each page of those that have several as an image of its own, named like stack.tif#2.
    /// </summary>
    /// <exception cref="ImageFormatException">A file cannot be read.</exception>
    public ImageFolder WithEachPage()
    {
        var items = new List<FolderImage>(Items.Count);
        foreach (FolderImage item in Items)
        {
            int pages = ImageFile.CountPages(item.FullPath, _limits);
            items.AddRange(
                pages == 1
                    ? [item]
                    : Enumerable.Range(1, pages).Select(page =>
                        item with { RelativePath = $"{item.RelativePath}#{page}", Page = page }));
        }

        return new ImageFolder(FullPath, items, UnreadableFolders, _limits, _reading);
    }

    /// <summary>The same files, read in the way given, but within limits of their own if they have any.</summary>
    public ImageFolder Under(ImageReading reading)
    {
        ArgumentNullException.ThrowIfNull(reading);
        return new ImageFolder(
            FullPath,
            Items,
            UnreadableFolders,
            _limits,
            _limits is null ? reading : reading with { Limits = _limits });
    }

    /// <summary>Looks at all files; see <see cref="ImageSurvey"/>.</summary>
    internal ImageSurvey Survey(ImageReading? reading, ImageLimits limits, CancellationToken cancellationToken) =>
        ImageSurvey.Of(
            [.. Items.Select(item => (item.FullPath, item.Page))],
            reading,
            _limits ?? limits,
            cancellationToken: cancellationToken);

    /// <summary>A folder read in the way given, or another source as it is.</summary>
    internal static IImageSource Under(IImageSource source, ImageReading reading) =>
        source is ImageFolder folder ? folder.Under(reading) : source;

    /// <inheritdoc/>
    public ImageInfo Describe(int index) => new(Items[index].RelativePath);

    /// <inheritdoc/>
    public Image Read(int index, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        FolderImage item = Items[index];
        return ImageFile.Read(item.FullPath, item.Page is { } page ? _reading with { Page = page } : _reading);
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
