using System.Text.Json.Serialization;

namespace SemiDefect.Anomaly.Calibration;

/// <summary>
/// The thresholds of a detector and the scores behind them, so that thresholds can be changed later without fitting
/// again. Treat as immutable; then thread-safe.
/// </summary>
public sealed record DetectorThresholds
{
    internal const string FixedMethod = "fixed";

    /// <summary>The requested rule and its rate.</summary>
    public required ThresholdOptions Options
    {
        get;

        // The default of the check rate depends on the other options: from here on, it is a number of its own.
        init => field = value is null ? null! : value with { CheckRate = value.CheckRate };
    }

    /// <summary>The image threshold: an image that scores strictly above it is abnormal.</summary>
    public required ThresholdEstimate Image { get; init; }

    /// <summary>
    /// The check threshold: an image that scores strictly above it, but not above <see cref="Image"/>, is to be
    /// checked. Null for two answers only. The band is empty if it is not below the threshold; its note then says so.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ThresholdEstimate? Check { get; init; }

    /// <summary>How an image score becomes a decision.</summary>
    [JsonIgnore]
    public DecisionRule Rule => new(Image.Value, Check?.Value);

    /// <summary>The pixel threshold: pixels strictly above it form regions.</summary>
    public required ThresholdEstimate Pixel { get; init; }

    /// <summary>
    /// The out-of-fold image scores of the good images, in order, each as of the step in which the image was added.
    /// Empty with a fixed threshold and a single image.
    /// </summary>
    public required IReadOnlyList<double> ImageScores { get; init; }

    /// <summary>The maximum of the out-of-fold anomaly map of each good image, in order.</summary>
    public required IReadOnlyList<double> PixelPeaks { get; init; }

    /// <summary>
    /// If every fold has a bank of its own: the score of each image by the one bank that was not trained on it, from
    /// which <see cref="ThresholdMethod.FoldMaxima"/> is computed. Otherwise empty.
    /// </summary>
    public IReadOnlyList<double> FoldImageScores
    {
        get;

        // The deserializer sets missing properties to null.
        init => field = value ?? [];
    } = [];

    /// <summary>The same for the maxima of the maps.</summary>
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

    /// <summary>
    /// The good images that look abnormal to the others: positions in <see cref="ImageScores"/>, highest score first.
    /// Their scores are above the third quartile by more than three interquartile ranges ("far out", Tukey 1977).
    /// </summary>
    public IReadOnlyList<int> FindSuspicious() => OutlierRule.Find(ImageScores, OutlierRule.FarOut);

    /// <summary>
    /// Recomputes the thresholds from the scores stored at the fit; nothing is fitted again. If only the check rate
    /// differs, only the check threshold changes.
    /// </summary>
    /// <param name="options">
    /// A rule for the false-alarm rate, which sets both thresholds; or a fixed value, which sets the image threshold
    /// only.
    /// </param>
    /// <param name="pixelValue">A fixed pixel threshold, or null.</param>
    /// <param name="folds">The folds used for the out-of-fold scores, or null if they are no longer known.</param>
    /// <exception cref="SemiDefectException">The detector has no scores for such a rule; the message says what to
    /// do.</exception>
    internal DetectorThresholds Change(
        ThresholdOptions options,
        double? pixelValue = null,
        FoldAssignment? folds = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        options = options with { CheckRate = options.CheckRate };
        bool isCheckAlone = options != Options
            && options with { CheckRate = Options.CheckRate } == Options
            && pixelValue is null;
        ThresholdEstimate? pixel = pixelValue is double value
            ? ThresholdRule.Compute([], new ThresholdOptions { Method = ThresholdMethod.Fixed, FixedValue = value })
            : null;
        if (options.Method == ThresholdMethod.Fixed)
        {
            return this with
            {
                Options = options,
                Image = ThresholdRule.Compute([], options),
                Check = null,
                Pixel = pixel ?? Pixel,
            };
        }

        if (options.Method == ThresholdMethod.FoldMaxima)
        {
            IReadOnlyList<double> scores = FoldImageScores.Count > 0 ? FoldImageScores : ImageScores;
            IReadOnlyList<double> peaks = FoldPixelPeaks.Count > 0 ? FoldPixelPeaks : PixelPeaks;
            if (folds is null || scores.Count != folds.Images)
            {
                throw new SemiDefectException(
                    "The rule 'fold-maxima' needs the scores of each fold, but this detector's folds are no longer "
                        + "known: give another rule, or fit again.");
            }

            return this with
            {
                Options = options,
                Image = ThresholdRule.FoldMaxima(scores, folds),
                Check = null,
                Pixel = pixel ?? ThresholdRule.FoldMaxima(peaks, folds),
            };
        }

        if (ImageScores.Count == 0)
        {
            throw new SemiDefectException(
                "This detector has no stored scores of good images to set a threshold from: give a fixed value, or fit "
                    + "again with two or more images.");
        }

        double[] all = [.. ImageScores];
        if (isCheckAlone)
        {
            return this with { Options = options, Check = ThresholdRule.ComputeCheck(all, options, Image) };
        }

        ThresholdEstimate image = ThresholdRule.Compute(all, options);
        return this with
        {
            Options = options,
            Image = image,
            Check = ThresholdRule.ComputeCheck(all, options, image),
            Pixel = pixel ?? ThresholdRule.Compute([.. PixelPeaks], options),
        };
    }

    /// <summary>The same with two answers only, as programs see it that know no check threshold.</summary>
    internal DetectorThresholds WithoutCheck() => this with { Options = Options with { CheckRate = 0 }, Check = null };

    /// <summary>Applies the same rules to other scores. Values that were set by hand remain.</summary>
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
        if (!Options.HasRate)
        {
            return renewed;
        }

        double[] all = [.. imageScores];
        ThresholdEstimate image = ThresholdRule.Compute(all, Options);
        return renewed with
        {
            Image = image,
            Check = ThresholdRule.ComputeCheck(all, Options, image),
            Pixel = Pixel.Method == FixedMethod ? Pixel : ThresholdRule.Compute([.. pixelPeaks], Options),
        };
    }
}

/// <summary>A threshold and the rule that gave it. Immutable and thread-safe.</summary>
/// <param name="Value">The threshold; a score strictly above it is abnormal.</param>
/// <param name="Method">The rule that was used: conformal, generalized-pareto, exponential-tail, quantile, fixed or
/// fold-maxima (in older files, seed).</param>
/// <param name="Note">One sentence for the user about a limitation of the threshold, or null.</param>
public sealed record ThresholdEstimate(double Value, string Method, string? Note);
