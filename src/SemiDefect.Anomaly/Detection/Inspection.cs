using SemiDefect.Anomaly.Calibration;
using SemiDefect.Anomaly.Scoring;
using SemiDefect.Anomaly.Views;

namespace SemiDefect.Anomaly;

/// <summary>
/// The result for one image. Thread-safe. The full-size map and the regions are computed on first use.
/// </summary>
public sealed class Inspection
{
    private readonly Lazy<AnomalyMap> _map;
    private readonly Lazy<IReadOnlyList<Region>> _regions;

    internal Inspection()
    {
        _map = new Lazy<AnomalyMap>(MakeMap);
        _regions = new Lazy<IReadOnlyList<Region>>(FindRegions);
    }

    /// <summary>The name of the image: its path, or the name given by the caller.</summary>
    public required string Name { get; init; }

    /// <summary>The index in the list of inspected images; 0 for a single image.</summary>
    public required int Index { get; init; }

    /// <summary>
    /// The anomaly score; higher is more anomalous. 0 or more with one branch; a fused score can be negative.
    /// </summary>
    public required double Score { get; init; }

    /// <summary>The image threshold that was applied.</summary>
    public required double Threshold { get; init; }

    /// <summary>The pixel threshold that was applied.</summary>
    public required double PixelThreshold { get; init; }

    /// <summary>Whether the score is strictly above the threshold.</summary>
    public bool IsAbnormal => Score > Threshold;

    /// <summary>The score minus the threshold: above 0 is abnormal; near 0 is a close decision.</summary>
    public double Margin => Score - Threshold;

    /// <summary>
    /// The conformal p-value: the probability that a good image scores at least as high as this one, estimated from the
    /// out-of-fold scores of the good images (see <see cref="ConformalThreshold"/>); at least 1 / (their number + 1).
    /// Null if there are no comparable scores: with a fixed threshold and one image, and in files of format 1 with one
    /// bank per fold.
    /// </summary>
    public required double? PValue { get; init; }

    /// <summary>The anomaly map at the working size.</summary>
    public required AnomalyMap InputMap { get; init; }

    /// <summary>The position of <see cref="InputMap"/> on the original image.</summary>
    public required InputGeometry Geometry { get; init; }

    /// <summary>The region of interest; null for the whole image.</summary>
    public RegionOfInterest? Region { get; init; }

    /// <summary>The highest-scoring patch and its nearest training patch.</summary>
    public required PatchMatch HighestPatch { get; init; }

    /// <summary>
    /// The anomaly map at the size of the original image; 0 where pixels were not inspected. 4 bytes per pixel.
    /// </summary>
    public AnomalyMap Map => _map.Value;

    /// <summary>
    /// The regions of <see cref="Map"/> above the pixel threshold, sorted by descending peak, in pixels of the original
    /// image.
    /// </summary>
    public IReadOnlyList<Region> Regions => _regions.Value;

    /// <summary>The same inspection with another image threshold.</summary>
    public Inspection WithThreshold(double threshold) => new()
    {
        Name = Name,
        Index = Index,
        Score = Score,
        Threshold = threshold,
        PixelThreshold = PixelThreshold,
        InputMap = InputMap,
        Geometry = Geometry,
        Region = Region,
        HighestPatch = HighestPatch,
        PValue = PValue,
    };

    private AnomalyMap MakeMap()
    {
        AnomalyMap map = AnomalyMapBuilder.ToOriginal(InputMap, Geometry);
        if (Region?.HasMask == true)
        {
            for (int i = 0; i < map.Values.Length; i++)
            {
                map.Values[i] = Region.Contains(i % map.Width, i / map.Width) ? map.Values[i] : 0;
            }
        }

        return map;
    }

    private IReadOnlyList<Region> FindRegions() => RegionFinder.Find(Map, PixelThreshold);
}
