using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace SemiDefect.Anomaly.Encoders;

/// <summary>How a network is executed. Immutable.</summary>
public sealed record OnnxBackboneOptions
{
    /// <summary>
    /// The outputs to use, in this order; empty for the manifest's default taps, or all outputs without a manifest.
    /// </summary>
    public IReadOnlyList<string> Taps { get; init; } = [];

    /// <summary>The device.</summary>
    public ExecutionDevice Device { get; init; } = ExecutionDevice.Auto;

    /// <summary>
    /// Threads on the CPU: for as many images at once, or for one image alone; 0 for one per core. Does not change
    /// results.
    /// </summary>
    public int Threads { get; init; }

    /// <summary>
    /// Told once, in one line, when batches had to be made smaller for want of memory, or CUDA could not be used.
    /// </summary>
    public ILogger Logger { get; init; } = NullLogger.Instance;
}
