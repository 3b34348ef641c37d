using SemiDefect.Anomaly.Calibration;
using SemiDefect.Anomaly.Scoring;
using SemiDefect.Anomaly.Views;

namespace SemiDefect.Anomaly;

/// <summary>
/// The verdict on one image. Thread-safe. The full-size map and the regions are made when first asked for.
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

    /// <summary>What the image was called: its path, or what the caller gave.</summary>
    public required string Name { get; init; }

    /// <summary>Its position among the images inspected together; 0 for a single one.</summary>
    public required int Index { get; init; }

    /// <summary>
    /// The anomaly score; larger is stranger. 0 or more with one branch; a score fused from several can be below 0.
    /// </summary>
    public required double Score { get; init; }

    /// <summary>The image threshold in force.</summary>
    public required double Threshold { get; init; }

    /// <summary>The pixel threshold in force.</summary>
    public required double PixelThreshold { get; init; }

    /// <summary>Whether the score is strictly above the threshold.</summary>
    public bool IsAbnormal => Score > Threshold;

    /// <summary>Score less threshold: above 0 is abnormal, and the further from 0 the clearer.</summary>
    public double Margin => Score - Threshold;

    /// <summary>
    /// The conformal p-value: the chance that a good image scores as high as this one, judged by the good images held
    /// out of the fit (see <see cref="ConformalThreshold"/>); never below 1 / (their number + 1). Null where there are
    /// none that score as new images do: with a fixed threshold and one image, and in files of format 1 with one bank
    /// per fold.
    /// </summary>
    public required double? PValue { get; init; }

    /// <summary>The anomaly map at the working size.</summary>
    public required AnomalyMap InputMap { get; init; }

    /// <summary>Where <see cref="InputMap"/> lies on the original image.</summary>
    public required InputGeometry Geometry { get; init; }

    /// <summary>The region of interest; null for all of the image.</summary>
    public RegionOfInterest? Region { get; init; }

    /// <summary>The highest-scoring patch, and the training patch that it was compared with.</summary>
    public required PatchMatch HighestPatch { get; init; }

    /// <summary>
    /// The anomaly map at the original image's size; 0 where pixels were not inspected. 4 bytes per pixel.
    /// </summary>
    public AnomalyMap Map => _map.Value;

    /// <summary>
    /// The regions of <see cref="Map"/> above the pixel threshold, the highest peak first, in pixels of the original
    /// image.
    /// </summary>
    public IReadOnlyList<Region> Regions => _regions.Value;

    /// <summary>The same inspection decided by another image threshold.</summary>
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
