namespace SemiDefect.Anomaly.Fleet;

/// <summary>What a worker says of itself every few seconds. Immutable and thread-safe.</summary>
public sealed record WorkerState
{
    /// <summary>The name, which no other worker of the fleet has.</summary>
    public required string Name { get; init; }

    /// <summary>The version of the program.</summary>
    public required string Version { get; init; }

    /// <summary>The operating system and the instruction set.</summary>
    public required string System { get; init; }

    /// <summary>The number of images inspected at once.</summary>
    public required int Threads { get; init; }

    /// <summary>Images inspected since the start.</summary>
    public long Inspected { get; init; }

    /// <summary>Views encoded since the start.</summary>
    public long Encoded { get; init; }

    /// <summary>Images and messages given up since the start.</summary>
    public long Failed { get; init; }

    /// <summary>The fingerprints of the detectors that are open.</summary>
    public IReadOnlyList<string> Models { get; init; } = [];

    /// <summary>When the worker started (UTC).</summary>
    public DateTimeOffset Started { get; init; }

    /// <summary>Why the worker was shut out; null if it works.</summary>
    public string? ShutOut { get; init; }
}
