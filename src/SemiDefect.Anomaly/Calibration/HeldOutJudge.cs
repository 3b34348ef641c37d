using SemiDefect.Anomaly.Banks;
using SemiDefect.Anomaly.Scoring;

namespace SemiDefect.Anomaly.Calibration;

/// <summary>
/// Judges good images by banks that did not learn from them. Made for one fit: by models one image after the other, by distances distinct images
/// at the same time.
/// </summary>
internal sealed class HeldOutJudge(TrainingFeatures features, AnomalyMapOptions map)
{
    private readonly ImageJudge _judge = new(map);

    /// <summary>What was found so far.</summary>
    public CalibrationScores Scores { get; } = new(new double[features.Images.Count], new double[features.Images.Count]);

    /// <summary>Judges one image; rows of the excluded group are passed over, -1 for none.</summary>
    public void Judge(int image, BankModel model, int excludedGroup, CancellationToken cancellationToken)
    {
        ImagePatches patches = features.Images[image];
        (Scores.ImageScores[image], Scores.PixelPeaks[image]) = _judge.Judge(
            features.RowsOf(image), patches.GridHeight, patches.GridWidth, patches.Geometry, model, excludedGroup, cancellationToken);
    }

    /// <summary>Judges one image by each patch's squared distance to the bank row nearest to it, where scores need no more than that.</summary>
    public void Judge(int image, ReadOnlySpan<double> squaredDistances, ScoringOptions scoring)
    {
        ImagePatches patches = features.Images[image];
        double[] values = PatchScorer.Values(squaredDistances, scoring);
        Scores.ImageScores[image] = PatchScorer.ImageScore(values, scoring);
        Scores.PixelPeaks[image] = _judge.Peak(values, patches.GridHeight, patches.GridWidth, patches.Geometry);
    }
}
