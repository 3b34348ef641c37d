using SemiDefect.Anomaly.Serialization;

namespace SemiDefect.Anomaly.Server.Models;

/// <summary>What is known of one name. The gate serializes whatever loads or changes the file.</summary>
internal sealed class ModelEntry
{
    public SemaphoreSlim Gate { get; } = new(1, 1);

    /// <summary>The model in use, or null.</summary>
    public volatile LoadedModel? Current;

    /// <summary>Why the file as it is now cannot be used, or null.</summary>
    public volatile ModelFailure? Failure;

    /// <summary>The header of the file, as long as its stamp holds.</summary>
    public volatile ModelHeader? Header;
}

/// <summary>A state of the file that cannot be used, and why.</summary>
internal sealed record ModelFailure(ModelStamp Stamp, string Message);

/// <summary>The header of a state of the file.</summary>
internal sealed record ModelHeader(ModelStamp Stamp, DetectorDocument Document);
