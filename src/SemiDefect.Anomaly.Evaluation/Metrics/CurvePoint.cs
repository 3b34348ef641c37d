namespace SemiDefect.Anomaly.Evaluation.Metrics;

/// <summary>One point of a curve over all thresholds. Immutable and thread-safe.</summary>
/// <param name="X">ROC: the false-positive rate; precision-recall: the recall. In [0, 1].</param>
/// <param name="Y">ROC: the true-positive rate; precision-recall: the precision. In [0, 1].</param>
/// <param name="Score">
/// At this point, images with at least this score are called abnormal; infinity at the start.
/// </param>
public readonly record struct CurvePoint(double X, double Y, double Score);
