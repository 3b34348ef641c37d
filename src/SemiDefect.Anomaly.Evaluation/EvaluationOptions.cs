namespace SemiDefect.Anomaly.Evaluation;

/// <summary>How an evaluation is made. Immutable, and so thread-safe.</summary>
public sealed record EvaluationOptions
{
    /// <summary>At which size maps and masks are compared.</summary>
    public MaskResize Masks { get; init; } = MaskResize.Nearest;

    /// <summary>Bootstrap resamples for the intervals of the image metrics, 1 to 100,000; the pixel metrics take a tenth.</summary>
    /// <exception cref="SemiDefectException">The number is outside that range.</exception>
    public int Resamples
    {
        get;
        init => field = value is >= 1 and <= 100_000 ? value : throw new SemiDefectException($"The number of bootstrap resamples must be between 1 and 100000, not {value}.");
    } = 2000;

    /// <summary>The seed of the bootstrap.</summary>
    public ulong Seed { get; init; }
}
