using System.Runtime.InteropServices;
using SemiDefect.Anomaly.Detection;
using SemiDefect.Anomaly.IO;
using SemiDefect.Anomaly.Search.Numerics;
using SemiDefect.Anomaly.Sources;
using SemiDefect.Anomaly.Views;

namespace SemiDefect.Anomaly.Encoders;

/// <summary>
/// Exports the patch embeddings that a fit would be trained on, for use by other tools. Stateless and thread-safe.
/// </summary>
internal static class FeatureExport
{
    /// <summary>See <see cref="AnomalyDetector.ExportFeatures"/>.</summary>
    public static (int Rows, int Columns) Write(
        IImageSource images,
        FitOptions options,
        string path,
        IProgress<FitProgress>? progress,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        (images, options) = GoodImages.Survey(images, options, cancellationToken);
        (IReadOnlyList<Lane> lanes, _) = LaneFactory.Open(options);
        try
        {
            if (lanes.Count > 1)
            {
                throw new SemiDefectException(
                    "Features can be exported for one backbone at one scale only: leave out the others.");
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
                throw new SemiDefectException("There are no images to export features of: give a folder of images.");
            }

            // With images of several sizes, the number of patches differs from the estimate of the first one. The
            // header keeps its length.
            file.Position = 0;
            NpyFile.WriteHeader<float>(file, rows, columns);
        });
        return (rows, columns);
    }
}
