using SemiDefect.Anomaly.Imaging;

namespace SemiDefect.Anomaly.Sources;

/// <summary>
/// Images that can be read by index: a folder, a list of files, images in memory, a database, a camera buffer. The same
/// index must always give the same image. Implementations are thread-safe: several images are read concurrently.
/// </summary>
public interface IImageSource
{
    /// <summary>The number of images, 0 or more.</summary>
    int Count { get; }

    /// <summary>Information on an image that is available without reading it.</summary>
    /// <param name="index">0 to <see cref="Count"/> - 1.</param>
    ImageInfo Describe(int index);

    /// <summary>Reads an image.</summary>
    /// <param name="index">0 to <see cref="Count"/> - 1.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <exception cref="SemiDefectException">The image cannot be read; the message names it and says what to
    /// do.</exception>
    /// <exception cref="OperationCanceledException">It was canceled.</exception>
    Image Read(int index, CancellationToken cancellationToken);
}

/// <summary>Information on an image that is available without reading it. Immutable and thread-safe.</summary>
/// <param name="Name">
/// The name of the image in results, reports and detector files: for a file, its '/'-separated path relative to its
/// folder. One line, not empty, without ".." as a path segment.
/// </param>
public sealed record ImageInfo(string Name);
