using SemiDefect.Anomaly.Banks;
using SemiDefect.Anomaly.Encoders;

namespace SemiDefect.Anomaly.Serialization;

/// <summary>The content of a detector file. Thread-safe. Owns the banks.</summary>
/// <param name="Document">The header.</param>
/// <param name="Networks">The network of each lane; null if the file does not contain it.</param>
/// <param name="Banks">The memory bank of each branch.</param>
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
