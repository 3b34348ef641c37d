using SemiDefect.Anomaly.Banks;
using SemiDefect.Anomaly.Encoders;

namespace SemiDefect.Anomaly.Serialization;

/// <summary>Everything that a detector file holds. Thread-safe. Owns the banks.</summary>
/// <param name="Document">The header.</param>
/// <param name="Networks">By lane, the network; null where the file only names it.</param>
/// <param name="Banks">By branch, the memory bank.</param>
internal sealed record DetectorBundle(
    DetectorDocument Document, IReadOnlyList<BackboneFile?> Networks, IReadOnlyList<MemoryBank> Banks) : IDisposable
{
    /// <summary>The golden images, as many as the header lists.</summary>
    public IReadOnlyList<GoldenInput> Golden { get; init; } = [];

    public void Dispose()
    {
        foreach (MemoryBank bank in Banks)
        {
            bank.Dispose();
        }
    }
}
