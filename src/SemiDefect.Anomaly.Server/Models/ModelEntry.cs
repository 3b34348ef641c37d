namespace SemiDefect.Anomaly.Server.Models;

/// <summary>The state of one model name. The gate serializes loading and changing the file.</summary>
internal sealed class ModelEntry
{
    public SemaphoreSlim Gate { get; } = new(1, 1);

    /// <summary>The loaded model, or null.</summary>
    public volatile LoadedModel? Current;

    /// <summary>Why the present file is unusable, or null.</summary>
    public volatile ModelFailure? Failure;

    /// <summary>The header of the file, valid while its stamp matches.</summary>
    public volatile ModelHeader? Header;
}

/// <summary>An unusable state of the file, and the reason.</summary>
internal sealed record ModelFailure(ModelStamp Stamp, string Message);

/// <summary>The header of a state of the file.</summary>
internal sealed record ModelHeader(ModelStamp Stamp, DetectorDescription Description);
