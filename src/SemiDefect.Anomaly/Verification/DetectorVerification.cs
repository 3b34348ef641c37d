namespace SemiDefect.Anomaly.Verification;

/// <summary>
/// The differences between the output of this machine and that recorded at the fit, from replaying the golden inputs of
/// the file. Immutable and thread-safe.
/// </summary>
public sealed record DetectorVerification
{
    /// <summary>
    /// The assumed ratio of the largest possible score deviation to the largest observed one, because only a few images
    /// were replayed.
    /// </summary>
    public const double SafetyFactor = 4;

    /// <summary>The number of golden images replayed.</summary>
    public required int Images { get; init; }

    /// <summary>The number of patches whose features were compared.</summary>
    public required int Patches { get; init; }

    /// <summary>The largest Euclidean distance between the features of a patch on the two machines.</summary>
    public required double FeatureDeviation { get; init; }

    /// <summary>The largest such distance, relative to the norm of the recorded features.</summary>
    public required double RelativeFeatureDeviation { get; init; }

    /// <summary>The largest difference of a score: image score, patch score, or maximum of the map.</summary>
    public required double ScoreDeviation { get; init; }

    /// <summary>The largest such difference, relative to the recorded score.</summary>
    public required double RelativeScoreDeviation { get; init; }

    /// <summary>
    /// A bound on the deviation of image scores: <see cref="SafetyFactor"/> times the maximum of the observed score
    /// deviation and the possible effect of the feature deviation. If features move by m, a mean of distances to
    /// nearest neighbors changes by at most m (triangle inequality), and a squared distance d by at most (2 sqrt(d) +
    /// m) m. With whitening, it is an estimate to first order. 0 if everything is identical.
    /// </summary>
    public required double ScoreBound { get; init; }

    /// <summary>
    /// The distance from the image threshold, or the check threshold if there is one, to the nearest other score: an
    /// out-of-fold score of a good image, or the score of a golden image. Null if there is none.
    /// </summary>
    public required double? NearestMargin { get; init; }

    /// <summary>
    /// The number of out-of-fold scores of good images within <see cref="ScoreBound"/> of one of these thresholds,
    /// without the threshold itself.
    /// </summary>
    public required int WithinBound { get; init; }

    /// <summary>The names of the golden images with a different decision on this machine.</summary>
    public required IReadOnlyList<string> Flipped { get; init; }

    /// <summary>Whether everything compared is identical, bit by bit.</summary>
    public bool IsIdentical => FeatureDeviation == 0 && ScoreDeviation == 0;

    /// <summary>
    /// Whether a decision could differ on this machine: the decision on a golden image differs, or a known score lies
    /// within <see cref="ScoreBound"/> of the threshold.
    /// </summary>
    public bool CouldFlip => Flipped.Count > 0 || (!IsIdentical && NearestMargin <= ScoreBound);
}
