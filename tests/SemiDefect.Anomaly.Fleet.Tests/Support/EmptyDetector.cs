using SemiDefect.Anomaly.Fleet.Messages;
using SemiDefect.Anomaly.Fleet.Models;

namespace SemiDefect.Anomaly.Fleet.Tests.Support;

/// <summary>A detector without a network: the score of an image is its number of bytes.</summary>
internal sealed class EmptyDetector(string fingerprint, string? deviation = null) : IFleetDetector
{
    private int _inspected;

    public string Fingerprint => fingerprint;

    public bool HasNames => false;

    public bool IsDisposed { get; private set; }

    public int Inspected => _inspected;

    /// <summary>Called before an image is inspected.</summary>
    public Action<InspectionTask>? Before { get; init; }

    public string? FindDeviation() => deviation;

    public (FleetInspection Result, byte[]? Map) Inspect(
        InspectionTask task,
        byte[] image,
        CancellationToken cancellationToken)
    {
        Before?.Invoke(task);
        Interlocked.Increment(ref _inspected);
        var result = new FleetInspection
        {
            Index = task.Index,
            Name = task.Name,
            Model = task.Model,
            Worker = string.Empty,
            Score = image.Length,
            Threshold = 1000,
        };
        return (result, null);
    }

    public void Dispose() => IsDisposed = true;
}
