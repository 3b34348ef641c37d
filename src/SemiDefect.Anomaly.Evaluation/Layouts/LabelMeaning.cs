namespace SemiDefect.Anomaly.Evaluation.Layouts;

/// <summary>What a label or the name of a folder says of images.</summary>
internal enum LabelMeaning
{
    /// <summary>A word of its own, such as a type of defect.</summary>
    Other,

    /// <summary>Good parts.</summary>
    Good,

    /// <summary>Defective parts of no type in particular.</summary>
    Bad,
}
