using SemiDefect.Anomaly.Backbones;
using SemiDefect.Anomaly.Datasets;
using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.IO;
using SemiDefect.Anomaly.Memory;

namespace SemiDefect.Anomaly.Fitting;

/// <summary>Writes the patch embeddings that a fit would learn from, for other tools to work on. Thread-safe: nothing is kept.</summary>
public static class FeatureExport
{
    private const int RowsPerWrite = 1024;

    /// <summary>Writes a .npy file of float32 [patches, values], rows ordered image, y, x. Memory: patches x values x 4 bytes.</summary>
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
        using TrainingFeatures features = TrainingFeatures.Collect(
            pipeline.EmbedAll(count, i => ImageFile.Read(images.Items[i].FullPath, options.ImageLimits), cancellationToken),
            count,
            done => progress?.Report(new FitProgress(FitStage.Features, done, count)));
        AtomicFile.Write(path, stream =>
        {
            NpyFile.WriteHeader<float>(stream, features.Matrix.Rows, features.Matrix.Columns);
            for (int row = 0; row < features.Matrix.Rows; row += RowsPerWrite)
            {
                stream.Write(System.Runtime.InteropServices.MemoryMarshal.AsBytes(
                    features.Matrix.RowBlock(row, Math.Min(RowsPerWrite, features.Matrix.Rows - row))));
            }
        });
        return (features.Matrix.Rows, features.Matrix.Columns);
    }
}
