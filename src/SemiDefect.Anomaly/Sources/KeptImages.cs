using SemiDefect.Anomaly.Imaging;

namespace SemiDefect.Anomaly.Sources;

/// <summary>
/// A source whose decoded images are kept in memory, up to a limit: a fit needs the same images to choose the views,
/// for each lane, and as golden images, whose choice depends on all scores. Thread-safe.
/// </summary>
/// <param name="source">The images.</param>
/// <param name="mostBytes">The most bytes to keep; other images are read again.</param>
internal sealed class KeptImages(IImageSource source, long mostBytes = 64L << 20) : IImageSource
{
    private readonly Image?[] _images = new Image?[source.Count];
    private long _bytes;

    /// <inheritdoc/>
    public int Count => source.Count;

    /// <inheritdoc/>
    public ImageInfo Describe(int index) => source.Describe(index);

    /// <inheritdoc/>
    public Image Read(int index, CancellationToken cancellationToken)
    {
        if (_images[index] is { } kept)
        {
            return kept;
        }

        Image image = source.Read(index, cancellationToken);
        if (Interlocked.Add(ref _bytes, image.Rgb.Length) <= mostBytes)
        {
            _images[index] = image;
        }

        return image;
    }
}
