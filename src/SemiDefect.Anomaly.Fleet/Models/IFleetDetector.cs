using SemiDefect.Anomaly.Fleet.Messages;

namespace SemiDefect.Anomaly.Fleet.Models;

/// <summary>What a worker needs of a detector. Thread-safe.</summary>
internal interface IFleetDetector : IDisposable
{
    /// <summary>SHA-256 of everything that affects decisions.</summary>
    string Fingerprint { get; }

    /// <summary>Whether the detector names defects.</summary>
    bool HasNames { get; }

    /// <summary>Replays what the fit recorded; null if this machine computes the same, else what differs.</summary>
    string? FindDeviation();

    /// <summary>Inspects an encoded image.</summary>
    /// <returns>The result, and the values of its map (float32) if the task wants them.</returns>
    /// <exception cref="SemiDefectException">The image cannot be read or does not fit.</exception>
    (FleetInspection Result, byte[]? Map) Inspect(
        InspectionTask task,
        byte[] image,
        CancellationToken cancellationToken);
}
