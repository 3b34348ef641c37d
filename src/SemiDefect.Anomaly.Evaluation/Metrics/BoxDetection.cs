using SemiDefect.Anomaly.Naming;

namespace SemiDefect.Anomaly.Evaluation.Metrics;

/// <summary>A box that a detector has drawn around what it takes for a defect of a type.</summary>
/// <param name="Image">The position of the image.</param>
/// <param name="Confidence">How sure the detector is; only the order counts.</param>
/// <param name="Box">The box.</param>
public readonly record struct BoxDetection(int Image, double Confidence, DefectBox Box);
