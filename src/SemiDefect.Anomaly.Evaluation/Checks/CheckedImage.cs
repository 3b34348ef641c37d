using SemiDefect.Anomaly.Evaluation.Layouts;

namespace SemiDefect.Anomaly.Evaluation.Checks;

/// <summary>An image of a data set under check.</summary>
/// <param name="Path">Its path below the data set.</param>
/// <param name="FullPath">Where it lies.</param>
/// <param name="IsTraining">Whether it is learned from.</param>
/// <param name="Type">'good', or the kind of defect.</param>
/// <param name="MaskPath">Its mask, or null.</param>
internal sealed record CheckedImage(string Path, string FullPath, bool IsTraining, string Type, string? MaskPath)
{
    public bool IsGood => Type == LabeledDataset.Good;
}
