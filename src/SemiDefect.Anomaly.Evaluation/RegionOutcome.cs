using SemiDefect.Anomaly.Evaluation.Metrics;

namespace SemiDefect.Anomaly.Evaluation;

/// <summary>What became of one marked defect (an 8-connected component of a mask).</summary>
/// <param name="Area">Its area in pixels of the original image.</param>
/// <param name="Peak">The highest value of the map inside.</param>
public readonly record struct RegionOutcome(double Area, float Peak)
{
    /// <summary>Its size class.</summary>
    public DefectSize Size => PixelMetricsAccumulator.SizeOf(Area);
}
