using SemiDefect.Anomaly.Gpu.Searching;
using SemiDefect.Anomaly.Gpu.Selecting;
using SemiDefect.Anomaly.Search.Coresets;
using SemiDefect.Anomaly.Search.Neighbors;
using SemiDefect.Anomaly.Search.Numerics;

namespace SemiDefect.Anomaly.Gpu.Devices;

/// <summary>An open device as a search accelerator. Thread-safe; disposes the session.</summary>
internal sealed class DeviceAccelerator(DeviceSession session) : SearchAccelerator
{
    /// <inheritdoc/>
    public override string Name => $"{session.Description.Name} ({session.Description.Id})";

    /// <summary>The description of the device.</summary>
    public AcceleratorDescription Description => session.Description;

    /// <inheritdoc/>
    public override INearestNeighbors CreateSearch(FeatureMatrix bank, ReadOnlyMemory<int> groups, int threads) =>
        (INearestNeighbors?)DeviceNearestNeighbors.TryCreate(session, bank, groups, threads)
            ?? new PrefixNearestNeighbors(bank, groups, threads);

    /// <inheritdoc/>
    internal override ICenterFilter? CreateCenterFilter(BlockIndex index) =>
        DeviceCenterFilter.TryCreate(session, index);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            session.Dispose();
        }

        base.Dispose(disposing);
    }
}
