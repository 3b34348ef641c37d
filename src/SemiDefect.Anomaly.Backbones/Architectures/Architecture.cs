namespace SemiDefect.Anomaly.Backbones.Architectures;

/// <summary>How a network is assembled from torchvision's parameters. Immutable and thread-safe.</summary>
/// <param name="Name">torchvision's name of the network.</param>
internal abstract record Architecture(string Name)
{
    /// <summary>The modules whose outputs can be taps, from first to last.</summary>
    public abstract IReadOnlyList<string> Taps { get; }

    /// <summary>The default taps: one of stride 8 and one of stride 16.</summary>
    public abstract IReadOnlyList<string> DefaultTaps { get; }

    /// <summary>Adds layers until all taps are reached.</summary>
    public abstract void Assemble(NetworkAssembler network);
}
