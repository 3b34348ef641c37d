namespace SemiDefect.Anomaly.Backbones.Architectures;

/// <summary>How a network is put together out of torchvision's parameters. Immutable and thread-safe.</summary>
/// <param name="Name">torchvision's name for it.</param>
internal abstract record Architecture(string Name)
{
    /// <summary>The modules whose output can be a tap, from the first to the last.</summary>
    public abstract IReadOnlyList<string> Taps { get; }

    /// <summary>The taps unless others are asked for: one of stride 8, one of stride 16.</summary>
    public abstract IReadOnlyList<string> DefaultTaps { get; }

    /// <summary>Adds layers until all taps are reached.</summary>
    public abstract void Assemble(NetworkAssembler network);
}
