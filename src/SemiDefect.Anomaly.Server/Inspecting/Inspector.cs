using System.Diagnostics;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.Server.Models;
using SemiDefect.Anomaly.Server.Storage;
using SemiDefect.Anomaly.Server.Telemetry;
using SemiDefect.Anomaly.Views;

namespace SemiDefect.Anomaly.Server.Inspecting;

/// <summary>Has an encoded image inspected and makes the record for the history. Thread-safe.</summary>
internal sealed class Inspector(
    ServerOptions options,
    IInspectionQueue queue,
    Turns turns,
    PictureStore pictures,
    Housekeeper housekeeper,
    ServerMetrics metrics,
    Throughput throughput,
    TimeProvider clock,
    ILogger<Inspector> logger)
{
    private readonly ImageLimits _limits = new(options.MaxImageBytes, options.MaxPixels);

    /// <summary>Inspects one image.</summary>
    /// <exception cref="SemiDefectException">The image cannot be read, or does not fit the model.</exception>
    public async Task<InspectionRecord> InspectAsync(
        LoadedModel model,
        UploadedImage image,
        CancellationToken cancellationToken)
    {
        long since = Stopwatch.GetTimestamp();
        InspectedImage inspected = await queue.InspectAsync(model, image, cancellationToken).ConfigureAwait(false);
        InspectionRecord record = Record(model, image, inspected);
        TimeSpan latency = Stopwatch.GetElapsedTime(since);
        metrics.Inspected(model.Name, record.Decision, record.Score, record.Threshold, latency);
        throughput.Done(latency);
        return record;
    }

    /// <summary>Runs work that needs a whole image in memory, one per core at a time.</summary>
    public Task<T> InTurnAsync<T>(Func<T> work, CancellationToken cancellationToken) =>
        turns.RunAsync(work, cancellationToken);

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

    private InspectionRecord Record(LoadedModel model, UploadedImage image, InspectedImage inspection)
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
                inspection.Match,
                inspection.RegionCount,
                inspection.Regions)
            {
                Notes = note is null ? null : [note],
            },
            Picture = picture,
            PictureBytes = bytes,
        };
    }

    private (string? Picture, long Bytes) Keep(UploadedImage image, InspectedImage inspection)
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
