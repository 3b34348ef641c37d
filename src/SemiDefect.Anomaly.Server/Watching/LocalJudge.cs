using Microsoft.Extensions.Logging;
using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.Imaging.Codecs;
using SemiDefect.Anomaly.Rendering;
using SemiDefect.Anomaly.Server.Models;
using SemiDefect.Anomaly.Server.Telemetry;
using SemiDefect.Anomaly.Sources;

namespace SemiDefect.Anomaly.Server.Watching;

/// <summary>
/// Inspects with a detector file. When the file has changed, the new one is used from the next batch on; a file that
/// cannot be used leaves the old one in place. Not thread-safe.
/// </summary>
internal sealed class LocalJudge : IWatchJudge
{
    private const int MostRegions = 100;

    private readonly WatchOptions _options;
    private readonly string _folder;
    private readonly ILogger _logger;
    private AnomalyDetector _detector;
    private string _copy;
    private string _version;
    private ModelStamp? _stamp;
    private ModelStamp? _refused;

    /// <summary>Loads the detector.</summary>
    /// <param name="options">The options of the watcher.</param>
    /// <param name="folder">A folder for private copies of the file, so that another program can replace it.</param>
    /// <param name="logger">Logs new versions and problems.</param>
    /// <exception cref="SemiDefectException">The detector file is unusable.</exception>
    public LocalJudge(WatchOptions options, string folder, ILogger logger)
    {
        _options = options;
        _folder = folder;
        _logger = logger;
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }

        Directory.CreateDirectory(folder);
        (_detector, _copy, _version, _stamp) = Load();
    }

    public string Model => Path.GetFileNameWithoutExtension(_options.ModelPath);

    public async Task<IReadOnlyList<WatchDecision>> JudgeAsync(
        IReadOnlyList<FileToJudge> files,
        bool heatmaps,
        CancellationToken cancellationToken)
    {
        // A started batch is finished.
        Renew();
        var decisions = new WatchDecision[files.Count];
        foreach (FileToJudge file in files)
        {
            SayPages(file);
        }

        // An image is decoded once, for its inspection and its heatmap.
        ImageFolder images = ImageFolder.Of(
            string.Empty, [.. files.Select(file => new FolderImage(file.Path, file.Path))]).Under(_detector.Reading);
        PassingImages? passing = heatmaps ? new PassingImages(images) : null;
        await foreach (Inspection inspection in _detector.InspectAsync(
            (IImageSource?)passing ?? images,
            (index, error) => decisions[index] = new WatchDecision { Error = error.Message },
            CancellationToken.None).ConfigureAwait(false))
        {
            decisions[inspection.Index] = new WatchDecision
            {
                Score = inspection.Score,
                Threshold = inspection.Threshold,
                CheckThreshold = inspection.CheckThreshold,
                PValue = inspection.PValue,
                Regions = [.. inspection.Regions.Take(MostRegions)],
                ModelVersion = _version,
                Heatmap = passing is not null && inspection.Decision != Decision.Normal
                    ? Draw(passing, inspection)
                    : null,
            };
            passing?.Drop(inspection.Index);
        }

        return decisions;
    }

    public void Dispose()
    {
        _detector.Dispose();
        TryDelete(_copy);
    }

    private void Renew()
    {
        ModelStamp? stamp = ModelStamp.Of(_options.ModelPath);
        if (stamp is null || stamp == _stamp || stamp == _refused)
        {
            return;
        }

        try
        {
            (AnomalyDetector detector, string copy, string version, stamp) = Load();
            (AnomalyDetector oldDetector, string oldCopy) = (_detector, _copy);
            (_detector, _copy, _version, _stamp) = (detector, copy, version, stamp);
            oldDetector.Dispose();
            TryDelete(oldCopy);
            _logger.ModelReady(Model, version);
        }
        catch (SemiDefectException error)
        {
            // It may still be in the middle of being copied; its next state is tried again.
            _refused = stamp;
            _logger.Problem(error.Message);
        }
    }

    private (AnomalyDetector Detector, string Copy, string Version, ModelStamp? Stamp) Load()
    {
        ModelStamp? stamp = ModelStamp.Of(_options.ModelPath);
        string copy = Path.Combine(_folder, $"{Guid.NewGuid():N}{ModelRegistry.Extension}");
        try
        {
            VersionFiles.CopyForeign(_options.ModelPath, copy);
            AnomalyDetector detector = AnomalyDetector.Load(copy, new LoadOptions
            {
                Device = _options.Device,
                Threads = _options.Threads,
                ImageLimits = _options.ImageLimits,
                Logger = _logger,
            });
            return (detector, copy, ModelVersion.IdOf(VersionFiles.HashOf(copy)), stamp);
        }
        catch (Exception error)
        {
            TryDelete(copy);
            throw error is SemiDefectException
                ? new SemiDefectException(
                    error.Message.Replace(copy, _options.ModelPath, StringComparison.Ordinal),
                    error)
                : error is IOException or UnauthorizedAccessException
                ? new SemiDefectException(
                    $"Cannot read the detector file '{_options.ModelPath}': {error.Message}",
                    error)
                : error;
        }
    }

    private byte[]? Draw(PassingImages images, Inspection inspection)
    {
        try
        {
            Image overlay = HeatmapRenderer.Render(
                images.Take(inspection.Index),
                inspection.Map,
                (float)inspection.PixelThreshold,
                new HeatmapOptions { Geometry = inspection.Geometry });
            using var stream = new MemoryStream();
            PngWriter.Write(stream, overlay.Width, overlay.Height, 3, overlay.Rgb);
            return stream.ToArray();
        }
        catch (SemiDefectException error)
        {
            // The decision stands without its heatmap.
            _logger.Problem(error.Message);
            return null;
        }
    }

    private void SayPages(FileToJudge file)
    {
        try
        {
            int pages = ImageFile.CountPages(file.Path, _options.ImageLimits);
            if (pages > 1)
            {
                _logger.PagesLeftOut(file.Name, pages, _detector.Reading.Page);
            }
        }
        catch (SemiDefectException)
        {
            // Said when it is inspected.
        }
    }

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The next start clears the folder.
        }
    }
}
