using SemiDefect.Anomaly.Banks;
using SemiDefect.Anomaly.Encoders;

namespace SemiDefect.Anomaly.Serialization;

/// <summary>Everything that a detector file holds. Thread-safe. Owns the banks.</summary>
/// <param name="Document">The header.</param>
/// <param name="Backbone">The network; null where the file only names it.</param>
/// <param name="Banks">The memory banks.</param>
internal sealed record DetectorBundle(DetectorDocument Document, BackboneFile? Backbone, IReadOnlyList<MemoryBank> Banks) : IDisposable
{
    /// <summary>The golden inputs, as many as the header lists.</summary>
    public IReadOnlyList<GoldenInput> Golden { get; init; } = [];

    public void Dispose()
    {
        foreach (MemoryBank bank in Banks)
        {
            bank.Dispose();
        }
    }
}
