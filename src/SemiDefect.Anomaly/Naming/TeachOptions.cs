using SemiDefect.Anomaly.Sources;

namespace SemiDefect.Anomaly.Naming;

/// <summary>
/// Options of <see cref="AnomalyDetector.LearnNames"/>. Immutable and thread-safe; invalid values are rejected when
/// set.
/// </summary>
public sealed record TeachOptions
{
    /// <summary>
    /// The share of defects of the taught types that may be called unknown, above 0 and at most 0.5.
    /// </summary>
    /// <exception cref="SemiDefectException">The rate is out of range.</exception>
    public double UnknownRate
    {
        get;
        init => field = value is > 0 and <= 0.5
            ? value
            : throw new SemiDefectException(
                FormattableString.Invariant($"The rate of unknown must be above 0 and at most 0.5, not {value}."));
    } = 0.05;

    /// <summary>
    /// Whether the labeled defects are also learned turned, mirrored and pasted into good images at other places.
    /// </summary>
    public bool Views { get; init; } = true;

    /// <summary>
    /// Whether each image has one name, by what it shows as a whole, instead of one for each defect: for pictures in
    /// which a pattern counts, such as wafer maps. Views are then the turned and mirrored images.
    /// </summary>
    public bool Whole { get; init; }

    /// <summary>
    /// The good images to paste into; null for those that the detector keeps (<see cref="FitOptions.GoldenImages"/>).
    /// </summary>
    public IImageSource? Good { get; init; }

    /// <summary>The seed of the choice of turns and places.</summary>
    public ulong Seed { get; init; }
}
