using System.Globalization;
using System.Runtime.InteropServices;
using SemiDefect.Anomaly.Fleet.Messages;
using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.Verification;

namespace SemiDefect.Anomaly.Fleet.Models;

/// <summary>A detector file that a worker has opened. Thread-safe; owns the detector.</summary>
internal sealed class LoadedDetector(AnomalyDetector detector) : IFleetDetector
{
    /// <inheritdoc/>
    public string Fingerprint => detector.Fingerprint.Sha256;

    /// <inheritdoc/>
    public bool HasNames => detector.Description.Names is not null;

    /// <summary>Opens a file.</summary>
    /// <exception cref="SemiDefectException">The file cannot be used.</exception>
    public static LoadedDetector Open(string path, LoadOptions options) => new(AnomalyDetector.Load(path, options));

    /// <inheritdoc/>
    public string? FindDeviation()
    {
        if (detector.Description.GoldenImages == 0)
        {
            return "the detector file has no golden images to replay: fit it with --golden-images 1 or more";
        }

        DetectorVerification verification = detector.Verify();
        return verification.IsIdentical
            ? null
            : string.Create(
                CultureInfo.InvariantCulture,
                $"its golden images give other features (by {verification.FeatureDeviation:G3}) or scores (by "
                    + $"{verification.ScoreDeviation:G3}) here than where it was fitted");
    }

    /// <inheritdoc/>
    public (FleetInspection Result, byte[]? Map) Inspect(
        InspectionTask task,
        byte[] image,
        CancellationToken cancellationToken)
    {
        ImageReading reading = task.Page is { } page ? detector.Reading with { Page = page } : detector.Reading;
        Inspection inspection =
            detector.Inspect(ImageFile.Decode(image, task.Name, reading), task.Name, cancellationToken);
        var result = new FleetInspection
        {
            Index = task.Index,
            Name = task.Name,
            Model = task.Model,
            Worker = string.Empty,
            Score = inspection.Score,
            Threshold = inspection.Threshold,
            CheckThreshold = inspection.CheckThreshold,
            PValue = inspection.PValue,
            RegionCount = inspection.Regions.Count,
            Regions = [.. inspection.Regions.Take(FleetInspection.MostRegions).Select(FleetRegion.Of)],
            Types = [.. inspection.Regions.Select(region => region.Type?.Name).OfType<string>()],
        };
        if (!task.WithMap)
        {
            return (result, null);
        }

        var detail = new FleetDetail(
            inspection.PixelThreshold,
            inspection.Geometry,
            inspection.HighestPatch,
            [.. inspection.Regions.Take(FleetInspection.MostRegions)]);
        byte[] map = MemoryMarshal.AsBytes(inspection.InputMap.Values.AsSpan()).ToArray();
        return (result with { Detail = detail }, map);
    }

    /// <inheritdoc/>
    public void Dispose() => detector.Dispose();
}
