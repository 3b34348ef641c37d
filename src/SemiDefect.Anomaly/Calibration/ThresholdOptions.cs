using System.Globalization;
using System.Text.Json.Serialization;

namespace SemiDefect.Anomaly.Calibration;

/// <summary>How the threshold is set. Immutable and thread-safe.</summary>
public sealed record ThresholdOptions
{
    /// <summary>The lowest rate that can be requested.</summary>
    public const double LowestRate = 1e-6;

    /// <summary>The highest rate that can be requested.</summary>
    public const double HighestRate = 0.5;

    /// <summary>The check rate where none is set.</summary>
    public const double DefaultCheckRate = 0.05;

    // Null until it is set.
    private readonly double? _checkRate;

    /// <summary>The rule.</summary>
    public ThresholdMethod Method { get; init; } = ThresholdMethod.Conformal;

    /// <summary>
    /// The accepted share of good images called abnormal, <see cref="LowestRate"/> to <see cref="HighestRate"/>.
    /// </summary>
    /// <exception cref="SemiDefectException">The rate is outside that range.</exception>
    public double FalseAlarmRate
    {
        get;
        init => field = value is >= LowestRate and <= HighestRate
            ? value
            : throw new SemiDefectException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"A false-alarm rate of {value} cannot be set: give one between {LowestRate} and {HighestRate}, "
                        + $"for example 0.01."));
    } = 0.01;

    /// <summary>
    /// The accepted share of good images that are called abnormal or are to be checked (<see cref="Decision.Check"/>):
    /// above the false-alarm rate and below 1, or 0 for no band of images to check. If it is not set, it is
    /// <see cref="DefaultCheckRate"/>, but 0 where that is not above the false-alarm rate, or the method has no rate.
    /// </summary>
    /// <exception cref="SemiDefectException">The rate is outside that range.</exception>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public double CheckRate
    {
        get => _checkRate ?? (HasRate && DefaultCheckRate > FalseAlarmRate ? DefaultCheckRate : 0);
        init => _checkRate = value is 0 or (>= LowestRate and < 1)
            ? value
            : throw new SemiDefectException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"A check rate of {value} cannot be set: give one above the false-alarm rate and below 1, or 0 for "
                        + $"no images to check."));
    }

    /// <summary>The threshold for <see cref="ThresholdMethod.Fixed"/>; finite.</summary>
    /// <exception cref="SemiDefectException">The value is not finite.</exception>
    public double? FixedValue
    {
        get;
        init => field = value is null || double.IsFinite(value.Value)
            ? value
            : throw new SemiDefectException("A fixed threshold must be a finite number.");
    }

    /// <summary>
    /// The fewest good images for which the method <see cref="ThresholdMethod.Conformal"/> guarantees the rate.
    /// </summary>
    [JsonIgnore]
    public long ImagesNeeded => ThresholdRule.Needed(FalseAlarmRate);

    /// <summary>Whether the method sets the threshold for a rate of false alarms.</summary>
    [JsonIgnore]
    public bool HasRate => Method is ThresholdMethod.Conformal or ThresholdMethod.Quantile;

    /// <summary>The threshold for these scores; a score strictly above it is abnormal.</summary>
    /// <param name="outOfFoldScores">
    /// One score per good image, each by a detector that was not trained on it; in any order, finite. Ignored for
    /// <see cref="ThresholdMethod.Fixed"/>.
    /// </param>
    /// <exception cref="SemiDefectException">There are no scores, or the options contradict each other.</exception>
    /// <exception cref="ArgumentException">
    /// A score is not finite, or the method is <see cref="ThresholdMethod.FoldMaxima"/>, which needs the scores by
    /// fold.
    /// </exception>
    public ThresholdEstimate Compute(ReadOnlySpan<double> outOfFoldScores) =>
        ThresholdRule.Compute(outOfFoldScores, this);

    /// <summary>Checks the options against each other.</summary>
    /// <exception cref="SemiDefectException">Two of them contradict each other.</exception>
    public void Validate()
    {
        ValidateMethod();
        if (CheckRate > 0 && !HasRate)
        {
            throw new SemiDefectException(
                $"The threshold method '{(Method == ThresholdMethod.Fixed ? "fixed" : "fold-maxima")}' has no rate, so "
                    + "there can be no check rate: leave it out, or give another method.");
        }

        if (CheckRate > 0 && !(CheckRate > FalseAlarmRate))
        {
            throw new SemiDefectException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"The check rate of {CheckRate} is not above the false-alarm rate of {FalseAlarmRate}: give a "
                        + $"higher one, or 0 for no images to check."));
        }
    }

    // What one threshold needs.
    internal void ValidateMethod()
    {
        if (!Enum.IsDefined(Method))
        {
            throw new SemiDefectException($"There is no threshold method number {(int)Method}.");
        }

        if (Method == ThresholdMethod.Fixed && FixedValue is null)
        {
            throw new SemiDefectException("The threshold method 'fixed' needs the value: give it as well.");
        }

        if (Method != ThresholdMethod.Fixed && FixedValue is not null)
        {
            throw new SemiDefectException(
                $"A threshold value was given, but the method is '{Method.ToString().ToLowerInvariant()}': choose the "
                    + "method 'fixed', or leave the value out.");
        }
    }
}

/// <summary>How a threshold is set from good images alone.</summary>
public enum ThresholdMethod
{
    /// <summary>
    /// The finite-sample rank rule; a tail model takes over where the images are too few for the rate.
    /// </summary>
    Conformal,

    /// <summary>The empirical quantile, linearly interpolated.</summary>
    Quantile,

    /// <summary>A value that the user gives.</summary>
    Fixed,

    /// <summary>The mean over folds of the highest held-out score of each.</summary>
    FoldMaxima,
}
