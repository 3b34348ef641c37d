using SemiDefect.Anomaly.Fleet;
using SemiDefect.Anomaly.Server.Models;

namespace SemiDefect.Anomaly.Server.Inspecting;

/// <summary>Hands inspections to the workers of a fleet. Thread-safe.</summary>
internal sealed class FleetQueue(ServerOptions options) : IInspectionQueue, IAsyncDisposable
{
    private readonly SemaphoreSlim _opening = new(1);
    private FleetInspector? _fleet;

    /// <inheritdoc/>
    public async Task<InspectedImage> InspectAsync(
        LoadedModel model,
        UploadedImage image,
        CancellationToken cancellationToken)
    {
        FleetInspector fleet = await OpenAsync(cancellationToken).ConfigureAwait(false);
        MappedInspection mapped = await fleet.InspectAsync(
            model.SnapshotPath,
            model.Detector.Fingerprint.Sha256,
            image.Bytes,
            image.Name,
            cancellationToken).ConfigureAwait(false);
        return new InspectedImage
        {
            Score = mapped.Inspection.Score,
            Threshold = mapped.Inspection.Threshold,
            CheckThreshold = mapped.Inspection.CheckThreshold,
            PixelThreshold = mapped.Detail.PixelThreshold,
            PValue = mapped.Inspection.PValue,
            Geometry = mapped.Detail.Geometry,
            Match = mapped.Detail.HighestPatch,
            RegionCount = mapped.Inspection.RegionCount,
            Regions = [.. mapped.Detail.Regions.Take(InspectedImage.MostRegions)],
            InputMap = mapped.InputMap,
        };
    }

    /// <summary>Connects, unless it is connected.</summary>
    /// <exception cref="FleetException">NATS cannot be used.</exception>
    public async Task<FleetInspector> OpenAsync(CancellationToken cancellationToken)
    {
        await _opening.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return _fleet ??=
                await FleetInspector.OpenAsync(options.Fleet!, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _opening.Release();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_fleet is not null)
        {
            await _fleet.DisposeAsync().ConfigureAwait(false);
        }

        _opening.Dispose();
    }
}
