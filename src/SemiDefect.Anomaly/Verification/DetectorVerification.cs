namespace SemiDefect.Anomaly.Verification;

/// <summary>
/// How this machine's answers differ from those where the detector was made: the golden inputs of the file, replayed.
/// Immutable and thread-safe.
/// </summary>
public sealed record DetectorVerification
{
    /// <summary>
    /// A score is taken to move by at most this many times the largest deviation seen, because only a few images were
    /// replayed.
    /// </summary>
    public const double SafetyFactor = 4;

    /// <summary>The number of golden images replayed.</summary>
    public required int Images { get; init; }

    /// <summary>The number of patches whose features were compared.</summary>
    public required int Patches { get; init; }

    /// <summary>The largest Euclidean distance between a patch's features here and there.</summary>
    public required double FeatureDeviation { get; init; }

    /// <summary>The largest such distance relative to the length of the features there.</summary>
    public required double RelativeFeatureDeviation { get; init; }

    /// <summary>The largest difference of a score: of an image, of one of its patches, or of its map's peak.</summary>
    public required double ScoreDeviation { get; init; }

    /// <summary>The largest such difference relative to the score there.</summary>
    public required double RelativeScoreDeviation { get; init; }

    /// <summary>
    /// How far an image's score may lie from what it is where the detector was made: <see cref="SafetyFactor"/> times
    /// the larger of the score deviation seen and of what the feature deviation can do. A mean of distances to nearest
    /// neighbors changes by no more than the features move (the triangle inequality), a squared distance d by no more
    /// than (2 sqrt(d) + m) m for a move of m. 0 where all is the same.
    /// </summary>
    public required double ScoreBound { get; init; }

    /// <summary>
    /// The distance from the image threshold to the nearest held-out score of a good image, or score of a golden one,
    /// that is not the threshold itself; null where there is none.
    /// </summary>
    public required double? NearestMargin { get; init; }

    /// <summary>
    /// How many held-out scores of good images lie within <see cref="ScoreBound"/> of the threshold without being it.
    /// </summary>
    public required int WithinBound { get; init; }

    /// <summary>The golden images that are decided otherwise here, by the names they were learned under.</summary>
    public required IReadOnlyList<string> Flipped { get; init; }

    /// <summary>Whether every bit compared is the same.</summary>
    public bool IsIdentical => FeatureDeviation == 0 && ScoreDeviation == 0;

    /// <summary>
    /// Whether a decision could differ here: a golden image is decided otherwise, or a known score lies within <see
    /// cref="ScoreBound"/> of the threshold.
    /// </summary>
    public bool CouldFlip => Flipped.Count > 0 || (!IsIdentical && NearestMargin <= ScoreBound);
}
