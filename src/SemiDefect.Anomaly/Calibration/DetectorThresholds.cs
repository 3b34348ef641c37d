using System.Text.Json.Serialization;

namespace SemiDefect.Anomaly.Calibration;

/// <summary>
/// The thresholds of a detector and what they were made of, so that others can be set later without a new fit.
/// Immutable by convention, and so thread-safe.
/// </summary>
public sealed record DetectorThresholds
{
    internal const string FixedMethod = "fixed";

    /// <summary>The rule asked for, and its rate.</summary>
    public required ThresholdOptions Options { get; init; }

    /// <summary>The image threshold: an image that scores strictly above it is abnormal.</summary>
    public required ThresholdEstimate Image { get; init; }

    /// <summary>The pixel threshold: pixels strictly above it form regions.</summary>
    public required ThresholdEstimate Pixel { get; init; }

    /// <summary>
    /// The out-of-fold image scores of the good images, in their order, each as of the step it was learned in; empty
    /// with a fixed threshold and a single image.
    /// </summary>
    public required IReadOnlyList<double> ImageScores { get; init; }

    /// <summary>The highest value of each good image's out-of-fold anomaly map, in their order.</summary>
    public required IReadOnlyList<double> PixelPeaks { get; init; }

    /// <summary>
    /// Where every fold has a bank of its own: by image, the score by the bank that did not learn from it alone, which
    /// the rule <see cref="ThresholdMethod.FoldMaxima"/> is computed from. Empty otherwise.
    /// </summary>
    public IReadOnlyList<double> FoldImageScores
    {
        get;

        // The reader sets what a file leaves out to null.
        init => field = value ?? [];
    } = [];

    /// <summary>The same of the highest values of the maps.</summary>
    public IReadOnlyList<double> FoldPixelPeaks
    {
        get;
        init => field = value ?? [];
    } = [];

    /// <summary>
    /// With branches on a common scale: by image, then by branch, the out-of-fold score, from which a merge makes the
    /// scale anew. Null with one branch, and in files made before they were kept.
    /// </summary>
    [JsonInclude]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    internal IReadOnlyList<IReadOnlyList<double>>? BranchImageScores { get; init; }

    /// <summary>The same of the highest value of the branch's out-of-fold anomaly map.</summary>
    [JsonInclude]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    internal IReadOnlyList<IReadOnlyList<double>>? BranchPixelPeaks { get; init; }

    /// <summary>Sets the thresholds anew from what was learned at the fit; nothing is fitted again.</summary>
    /// <param name="options">
    /// A rule for the false-alarm rate, which sets both thresholds; or a fixed value, which sets the image threshold
    /// alone.
    /// </param>
    /// <param name="pixelValue">A fixed pixel threshold, or null.</param>
    /// <param name="folds">The folds that the images were judged in; null where they are not known any more.</param>
    /// <exception cref="SemiDefectException">The detector has no scores for such a rule; the message says what to
    /// do.</exception>
    internal DetectorThresholds Change(
        ThresholdOptions options,
        double? pixelValue = null,
        FoldAssignment? folds = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        ThresholdEstimate? pixel = pixelValue is double value
            ? ThresholdRule.Compute([], new ThresholdOptions { Method = ThresholdMethod.Fixed, FixedValue = value })
            : null;
        if (options.Method == ThresholdMethod.Fixed)
        {
            return this with { Options = options, Image = ThresholdRule.Compute([], options), Pixel = pixel ?? Pixel };
        }

        if (options.Method == ThresholdMethod.FoldMaxima)
        {
            IReadOnlyList<double> scores = FoldImageScores.Count > 0 ? FoldImageScores : ImageScores;
            IReadOnlyList<double> peaks = FoldPixelPeaks.Count > 0 ? FoldPixelPeaks : PixelPeaks;
            if (folds is null || scores.Count != folds.Images)
            {
                throw new SemiDefectException(
                    "The rule 'fold-maxima' needs the scores of each fold, which this detector does not tell apart any "
                        + "more: give another rule, or fit again.");
            }

            return this with
            {
                Options = options,
                Image = ThresholdRule.FoldMaxima(scores, folds),
                Pixel = pixel ?? ThresholdRule.FoldMaxima(peaks, folds),
            };
        }

        if (ImageScores.Count == 0)
        {
            throw new SemiDefectException(
                "This detector kept no scores of good images to set a threshold from: give a fixed value, or fit again "
                    + "with two images or more.");
        }

        return this with
        {
            Options = options,
            Image = ThresholdRule.Compute([.. ImageScores], options),
            Pixel = pixel ?? ThresholdRule.Compute([.. PixelPeaks], options),
        };
    }

    /// <summary>The same rules on other scores. What was set by hand stays.</summary>
    internal DetectorThresholds Renew(
        IReadOnlyList<double> imageScores,
        IReadOnlyList<double> pixelPeaks,
        IReadOnlyList<IReadOnlyList<double>>? branchImageScores = null,
        IReadOnlyList<IReadOnlyList<double>>? branchPixelPeaks = null)
    {
        DetectorThresholds renewed = this with
        {
            ImageScores = imageScores,
            PixelPeaks = pixelPeaks,
            BranchImageScores = branchImageScores,
            BranchPixelPeaks = branchPixelPeaks,
        };
        return Options.Method is ThresholdMethod.Fixed or ThresholdMethod.FoldMaxima ? renewed : renewed with
        {
            Image = ThresholdRule.Compute([.. imageScores], Options),
            Pixel = Pixel.Method == FixedMethod ? Pixel : ThresholdRule.Compute([.. pixelPeaks], Options),
        };
    }
}
