namespace SemiDefect.Anomaly.Evaluation;

/// <summary>The options of an evaluation. Immutable and thread-safe.</summary>
public sealed record EvaluationOptions
{
    /// <summary>The size at which maps and masks are compared.</summary>
    public MaskResize Masks { get; init; } = MaskResize.Nearest;

    /// <summary>
    /// The number of bootstrap resamples for the image metrics, 1 to 100,000. Pixel metrics use a tenth of it.
    /// </summary>
    /// <exception cref="SemiDefectException">The number is out of range.</exception>
    public int Resamples
    {
        get;
        init =>
            field = value is >= 1 and <= 100_000
                ? value
                : throw new SemiDefectException(
                    $"The number of bootstrap resamples must be between 1 and 100000, not {value}.");
    } = 2000;

    /// <summary>The seed of the bootstrap.</summary>
    public ulong Seed { get; init; }
}
