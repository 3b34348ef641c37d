using SemiDefect.Anomaly.Evaluation.Layouts;

namespace SemiDefect.Anomaly.Evaluation.Checks;

/// <summary>An image of a data set that is being checked. Immutable and thread-safe.</summary>
/// <param name="Path">Its path relative to the data set.</param>
/// <param name="FullPath">Its full path.</param>
/// <param name="IsTraining">Whether it is a training image.</param>
/// <param name="Type">'good', or the type of defect.</param>
/// <param name="Mask">What marks its defects, or null.</param>
internal sealed record CheckedImage(string Path, string FullPath, bool IsTraining, string Type, DefectMask? Mask)
{
    public bool IsGood => Type == LabeledDataset.Good;
}
