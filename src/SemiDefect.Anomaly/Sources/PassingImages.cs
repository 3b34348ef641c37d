using SemiDefect.Anomaly.Imaging;

namespace SemiDefect.Anomaly.Sources;

/// <summary>
/// A source whose decoded images are kept from when they are read until they are taken, up to a limit, so that an
/// inspection and its heatmap decode an image once. Thread-safe. Owns nothing but the images that it keeps.
/// </summary>
public sealed class PassingImages : IImageSource
{
    /// <summary>The most bytes kept by default: 128 MiB, about 44 million pixels.</summary>
    public const long DefaultBytes = 128L << 20;

    private readonly IImageSource _source;
    private readonly long _mostBytes;
    private readonly Dictionary<int, Image> _images = [];
    private readonly Lock _lock = new();
    private long _bytes;

    /// <summary>Wraps a source.</summary>
    /// <param name="source">The images.</param>
    /// <param name="mostBytes">
    /// The most bytes of pixels to keep, 0 or more; images beyond that are read again when they are taken.
    /// </param>
    public PassingImages(IImageSource source, long mostBytes = DefaultBytes)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentOutOfRangeException.ThrowIfNegative(mostBytes);
        _source = source;
        _mostBytes = mostBytes;
    }

    /// <inheritdoc/>
    public int Count => _source.Count;

    /// <inheritdoc/>
    public ImageInfo Describe(int index) => _source.Describe(index);

    /// <summary>Reads an image and keeps it until it is taken or dropped.</summary>
    /// <inheritdoc/>
    public Image Read(int index, CancellationToken cancellationToken)
    {
        Image image = _source.Read(index, cancellationToken);
        lock (_lock)
        {
            if (_bytes + image.Rgb.Length <= _mostBytes && _images.TryAdd(index, image))
            {
                _bytes += image.Rgb.Length;
            }
        }

        return image;
    }

    /// <summary>The image that was read, which is no longer kept; read again if it is not kept.</summary>
    /// <param name="index">0 to <see cref="Count"/> - 1.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <exception cref="SemiDefectException">The image is not kept and cannot be read again.</exception>
    /// <exception cref="OperationCanceledException">It was canceled.</exception>
    public Image Take(int index, CancellationToken cancellationToken = default) =>
        Remove(index) ?? _source.Read(index, cancellationToken);

    /// <summary>Ceases to keep an image, if it is kept.</summary>
    /// <param name="index">0 to <see cref="Count"/> - 1.</param>
    public void Drop(int index) => Remove(index);

    private Image? Remove(int index)
    {
        lock (_lock)
        {
            if (_images.Remove(index, out Image? image))
            {
                _bytes -= image.Rgb.Length;
            }

            return image;
        }
    }
}
