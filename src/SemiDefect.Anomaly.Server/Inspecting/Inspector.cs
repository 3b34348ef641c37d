using System.Diagnostics;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.Server.Models;
using SemiDefect.Anomaly.Server.Storage;
using SemiDefect.Anomaly.Server.Telemetry;
using SemiDefect.Anomaly.Views;

namespace SemiDefect.Anomaly.Server.Inspecting;

/// <summary>
/// Inspects an encoded image and makes the record for the history. At most one image per core is decoded at a time, and
/// a decoded image is released once the network's input is made of it. Thread-safe.
/// </summary>
internal sealed class Inspector(
    ServerOptions options,
    PictureStore pictures,
    Housekeeper housekeeper,
    ServerMetrics metrics,
    Throughput throughput,
    TimeProvider clock,
    ILogger<Inspector> logger) : IDisposable
{
    private const int MostRegions = 100;

    private readonly SemaphoreSlim _decoding = new(Environment.ProcessorCount);
    private readonly ImageLimits _limits = new(options.MaxImageBytes, options.MaxPixels);

    public void Dispose() => _decoding.Dispose();

    /// <summary>Inspects one image.</summary>
    /// <exception cref="SemiDefectException">The image cannot be read, or does not fit the model.</exception>
    public async Task<InspectionRecord> InspectAsync(
        LoadedModel model,
        UploadedImage image,
        CancellationToken cancellationToken)
    {
        long since = Stopwatch.GetTimestamp();
        PreparedImage prepared = await InTurnAsync(
            () => model.Detector.Prepare(ImageFile.Decode(image.Bytes, image.Name, model.Detector.Reading)),
            cancellationToken).ConfigureAwait(false);
        Inspection inspection = await model.Batches.InspectAsync(
            prepared,
            image.Name,
            cancellationToken).ConfigureAwait(false);

        // Regions need the map at the size of the image, so this waits for its turn as well.
        InspectionRecord record = await InTurnAsync(
            () => Record(model, image, inspection),
            cancellationToken).ConfigureAwait(false);
        TimeSpan latency = Stopwatch.GetElapsedTime(since);
        metrics.Inspected(model.Name, record.Decision, record.Score, record.Threshold, latency);
        throughput.Done(latency);
        return record;
    }

    /// <summary>Runs work that needs a whole image in memory, one per core at a time.</summary>
    public async Task<T> InTurnAsync<T>(Func<T> work, CancellationToken cancellationToken)
    {
        await _decoding.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return work();
        }
        finally
        {
            _decoding.Release();
        }
    }

    /// <summary>Decodes a stored image, within the same limits.</summary>
    public Image Decode(byte[] bytes, string name) => ImageFile.Decode(bytes, name, _limits);

    /// <summary>Deletes the pictures of inspections that are not stored.</summary>
    public void Discard(IEnumerable<InspectionRecord> records)
    {
        foreach (InspectionRecord record in records)
        {
            if (record.Picture is { } picture)
            {
                pictures.Delete(picture);
                housekeeper.Added(-record.PictureBytes);
            }
        }
    }

    private InspectionRecord Record(LoadedModel model, UploadedImage image, Inspection inspection)
    {
        (string? picture, long bytes) = Keep(image, inspection);
        InputGeometry geometry = inspection.Geometry;
        InspectionNote? note = UnlikeSize.Find(
            geometry.OriginalWidth,
            geometry.OriginalHeight,
            model.LearnedSizes);
        return new InspectionRecord
        {
            // The history has a resolution of one millisecond.
            Time = DateTimeOffset.FromUnixTimeMilliseconds(clock.GetUtcNow().ToUnixTimeMilliseconds()),
            Model = model.Name,
            ModelVersion = model.Version,
            Name = image.Name,
            Sha256 = Convert.ToHexStringLower(SHA256.HashData(image.Bytes.Span)),
            Score = inspection.Score,
            Threshold = inspection.Threshold,
            CheckThreshold = inspection.CheckThreshold,
            PixelThreshold = inspection.PixelThreshold,
            PValue = inspection.PValue,
            Detail = new InspectionDetail(
                geometry,
                inspection.HighestPatch,
                inspection.Regions.Count,
                [.. inspection.Regions.Take(MostRegions)])
            {
                Notes = note is null ? null : [note],
            },
            Picture = picture,
            PictureBytes = bytes,
        };
    }

    private (string? Picture, long Bytes) Keep(UploadedImage image, Inspection inspection)
    {
        if (options.PictureBytes == 0)
        {
            return (null, 0);
        }

        try
        {
            (string picture, long bytes) = pictures.Add(image.Bytes, inspection.InputMap);
            housekeeper.Added(bytes);
            return (picture, bytes);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The decision matters more than the picture.
            logger.PictureNotKept(image.Name, error.Message);
            return (null, 0);
        }
    }
}
