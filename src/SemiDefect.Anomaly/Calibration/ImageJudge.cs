using SemiDefect.Anomaly.Banks;
using SemiDefect.Anomaly.Scoring;
using SemiDefect.Anomaly.Views;

namespace SemiDefect.Anomaly.Calibration;

/// <summary>What thresholds are made of: one image's score and the peak of its map. Thread-safe.</summary>
internal sealed class ImageJudge(AnomalyMapOptions map)
{
    private readonly AnomalyMapBuilder _maps = new(map);

    /// <summary>Judges the patches of an image; bank rows of the excluded group are passed over, -1 for none.</summary>
    public (double Score, double Peak) Judge(
        ReadOnlySpan<float> rows, int gridHeight, int gridWidth, InputGeometry geometry, BankModel model, int excludedGroup, CancellationToken cancellationToken)
    {
        PatchScores judged = model.Score(rows, excludedGroup, cancellationToken);
        return (judged.ImageScore, Peak(judged.Values, gridHeight, gridWidth, geometry));
    }

    /// <summary>The peak of the map of patch scores.</summary>
    public double Peak(double[] values, int gridHeight, int gridWidth, InputGeometry geometry) =>
        _maps.Build(values, gridHeight, gridWidth, geometry.InputHeight, geometry.InputWidth).Peak;
}
