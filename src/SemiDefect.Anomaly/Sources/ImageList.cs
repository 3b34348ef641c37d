using SemiDefect.Anomaly.Imaging;

namespace SemiDefect.Anomaly.Sources;

/// <summary>
/// Images in memory, or read by a delegate. Immutable; thread-safe if the delegate is.
/// </summary>
public sealed class ImageList : IImageSource
{
    private readonly ImageInfo[] _infos;
    private readonly Func<int, CancellationToken, Image> _read;

    /// <summary>Images that <paramref name="read"/> reads on demand.</summary>
    /// <param name="names">Their names, in order; see <see cref="ImageInfo.Name"/>.</param>
    /// <param name="read">Reads the image of an index; called from several threads.</param>
    public ImageList(IEnumerable<string> names, Func<int, CancellationToken, Image> read)
    {
        ArgumentNullException.ThrowIfNull(names);
        ArgumentNullException.ThrowIfNull(read);
        _infos = [.. names.Select(name => new ImageInfo(name))];
        _read = read;
    }

    /// <summary>Decoded images, which stay in memory as long as the list does.</summary>
    /// <param name="images">Names and images, in order.</param>
    public ImageList(IReadOnlyList<(string Name, Image Image)> images)
        : this(images?.Select(image => image.Name)!, (index, _) => images![index].Image)
    {
    }

    /// <inheritdoc/>
    public int Count => _infos.Length;

    /// <summary>Image files, named as in <paramref name="paths"/>.</summary>
    /// <param name="paths">The files, in order.</param>
    /// <param name="limits">Limits on the images read; null for those of the fit or the update that reads them.</param>
    public static ImageFolder OfFiles(IEnumerable<string> paths, ImageLimits? limits = null) => ImageFolder.Of(
        Environment.CurrentDirectory,
        [.. paths.Select(path => new FolderImage(Path.GetFileName(path), Path.GetFullPath(path)))],
        limits);

    /// <summary>Some images of another source, read from it on demand.</summary>
    /// <param name="source">The source; must outlive the list.</param>
    /// <param name="images">Their positions in the source, in order.</param>
    public static ImageList Of(IImageSource source, IReadOnlyList<int> images)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(images);
        return new ImageList(
            images.Select(image => source.Describe(image).Name),
            (index, cancellationToken) => source.Read(images[index], cancellationToken));
    }

    /// <inheritdoc/>
    public ImageInfo Describe(int index) => _infos[index];

    /// <inheritdoc/>
    public Image Read(int index, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return _read(index, cancellationToken);
    }
}
