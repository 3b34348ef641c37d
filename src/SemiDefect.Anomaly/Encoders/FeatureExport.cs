using System.Runtime.InteropServices;
using SemiDefect.Anomaly.Detection;
using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.IO;
using SemiDefect.Anomaly.Search.Numerics;
using SemiDefect.Anomaly.Sources;

namespace SemiDefect.Anomaly.Encoders;

/// <summary>Writes the patch embeddings that a fit would learn from, for other tools to work on. Thread-safe: nothing is kept.</summary>
public static class FeatureExport
{
    /// <summary>Writes a .npy file of float32 [patches, values], rows ordered image, y, x. Memory: one batch of images.</summary>
    /// <param name="images">The images.</param>
    /// <param name="options">Network, taps, preprocessing and pooling; the rest is not used.</param>
    /// <param name="path">The file to write.</param>
    /// <param name="progress">Told of each image, from the calling thread.</param>
    /// <param name="cancellationToken">Stops between batches.</param>
    /// <returns>The number of patches and of values per patch.</returns>
    /// <exception cref="SemiDefectException">An image cannot be read, the options cannot work, or the file cannot be written.</exception>
    public static (int Rows, int Columns) Write(
        DatasetFolder images,
        FitOptions options,
        string path,
        IProgress<FitProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        BackboneFile file = BackboneChoice.Open(options);
        using OnnxBackbone backbone = BackboneChoice.Load(file, options);
        var pipeline = new EmbeddingPipeline(backbone, options.Preprocessing(file.Input), options.Patches, options.BatchSize);
        int count = images.Items.Count;
        int rows = 0;
        int columns = 0;
        AtomicFile.Write(path, stream =>
        {
            foreach (EmbeddedImage image in pipeline.EmbedAll(count, i => ImageFile.Read(images.Items[i].FullPath, options.ImageLimits), cancellationToken))
            {
                if (rows == 0)
                {
                    columns = image.Dimension;
                    NpyFile.WriteHeader<float>(stream, count * image.Patches, columns);
                }

                stream.Write(MemoryMarshal.AsBytes(image.Rows.Span));
                rows += image.Patches;
                progress?.Report(new FitProgress(FitStage.Features, image.Index + 1, count));
            }

            if (rows == 0)
            {
                throw new SemiDefectException("There is no image to take features of: give a folder of images.");
            }

            // Images of several sizes do not have the number of patches that the first one led to expect. The header's length is the same.
            stream.Position = 0;
            NpyFile.WriteHeader<float>(stream, rows, columns);
        });
        return (rows, columns);
    }
}
