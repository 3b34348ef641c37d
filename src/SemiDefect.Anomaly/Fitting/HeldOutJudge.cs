using SemiDefect.Anomaly.Memory;
using SemiDefect.Anomaly.Scoring;
using SemiDefect.Anomaly.Thresholds;

namespace SemiDefect.Anomaly.Fitting;

/// <summary>Judges good images by banks that did not learn from them. Not thread-safe: made for one fit.</summary>
internal sealed class HeldOutJudge(TrainingFeatures features, AnomalyMapOptions map)
{
    private readonly AnomalyMapBuilder _maps = new(map);

    /// <summary>What was found so far.</summary>
    public CalibrationScores Scores { get; } = new(new double[features.Images.Count], new double[features.Images.Count]);

    /// <summary>Judges one image; rows of the excluded group are passed over, -1 for none.</summary>
    public void Judge(int image, BankModel model, int excludedGroup, CancellationToken cancellationToken)
    {
        ImagePatches patches = features.Images[image];
        PatchScores judged = model.Score(features.RowsOf(image), excludedGroup, cancellationToken);
        AnomalyMap peaks = _maps.Build(judged.Values, patches.GridHeight, patches.GridWidth, patches.Geometry.InputHeight, patches.Geometry.InputWidth);
        Scores.ImageScores[image] = judged.ImageScore;
        Scores.PixelPeaks[image] = peaks.Peak;
    }
}
