using SemiDefect.Anomaly.Evaluation.Metrics;

namespace SemiDefect.Anomaly.Evaluation;

/// <summary>The outcome of one marked defect (an 8-connected component of a mask).</summary>
/// <param name="Area">The area in pixels of the original image.</param>
/// <param name="Peak">The highest value of the map inside the defect.</param>
public readonly record struct RegionOutcome(double Area, float Peak)
{
    /// <summary>The size class.</summary>
    public DefectSize Size => PixelMetricsAccumulator.SizeOf(Area);
}
