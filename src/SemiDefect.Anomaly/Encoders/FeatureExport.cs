using System.Runtime.InteropServices;
using SemiDefect.Anomaly.Detection;
using SemiDefect.Anomaly.IO;
using SemiDefect.Anomaly.Search.Numerics;
using SemiDefect.Anomaly.Sources;
using SemiDefect.Anomaly.Views;

namespace SemiDefect.Anomaly.Encoders;

/// <summary>
/// Writes the patch embeddings that a fit would learn from, for other tools to work on. Thread-safe: nothing is kept.
/// </summary>
public static class FeatureExport
{
    /// <summary>Writes a .npy file of float32 [patches, values], rows ordered image, y, x. Memory: one batch of
    /// images.</summary>
    /// <param name="images">The images.</param>
    /// <param name="options">Network, taps, preprocessing and pooling; the rest is not used.</param>
    /// <param name="path">The file to write.</param>
    /// <param name="progress">Told of each image, from the calling thread.</param>
    /// <param name="cancellationToken">Stops between batches.</param>
    /// <returns>The number of patches and of values per patch.</returns>
    /// <exception cref="SemiDefectException">An image cannot be read, the options cannot work, or the file cannot be
    /// written.</exception>
    public static (int Rows, int Columns) Write(
        IImageSource images,
        FitOptions options,
        string path,
        IProgress<FitProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        images = ImageFolder.Under(images, options.ImageLimits);
        (IReadOnlyList<Lane> lanes, _) = LaneFactory.Open(options);
        try
        {
            if (lanes.Count > 1)
            {
                throw new SemiDefectException(
                    "Features are written of one backbone at one scale: leave out the others.");
            }

            return Write(images, new EncodingStream(lanes, options.BatchSize), path, progress, cancellationToken);
        }
        finally
        {
            LaneFactory.DisposeOf(lanes);
        }
    }

    private static (int Rows, int Columns) Write(
        IImageSource images,
        EncodingStream stream,
        string path,
        IProgress<FitProgress>? progress,
        CancellationToken cancellationToken)
    {
        int count = images.Count;
        int rows = 0;
        int columns = 0;
        AtomicFile.Write(path, file =>
        {
            foreach (EncodedView view
                in stream.EncodeAll(
                    count, i => images.Read(i, cancellationToken), ViewPurpose.Learn, cancellationToken))
            {
                if (columns == 0)
                {
                    columns = view.Grid.Dimension;
                    NpyFile.WriteHeader<float>(file, count * view.Views * view.Grid.Layout.Count, columns);
                }

                file.Write(MemoryMarshal.AsBytes(view.Grid.Vectors.Span));
                rows += view.Grid.Layout.Count;
                if (view.IsLast)
                {
                    progress?.Report(new FitProgress(FitStage.Features, view.Image + 1, count));
                }
            }

            if (rows == 0)
            {
                throw new SemiDefectException("There is no image to take features of: give a folder of images.");
            }

            // Images of several sizes do not have the number of patches that the first one led to expect. The header's
            // length is the same.
            file.Position = 0;
            NpyFile.WriteHeader<float>(file, rows, columns);
        });
        return (rows, columns);
    }
}
