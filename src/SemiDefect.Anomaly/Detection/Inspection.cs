using System.Text.Json.Serialization;
using SemiDefect.Anomaly.Calibration;
using SemiDefect.Anomaly.Naming;
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

    /// <summary>
    /// The check threshold that was applied; null for two answers only. See <see cref="DetectorThresholds.Check"/>.
    /// </summary>
    public double? CheckThreshold { get; init; }

    /// <summary>The decision.</summary>
    public Decision Decision => new DecisionRule(Threshold, CheckThreshold).Decide(Score);

    /// <summary>Whether the score is strictly above the threshold.</summary>
    public bool IsAbnormal => Decision == Decision.Abnormal;

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
    public IReadOnlyList<Region> Regions => Named ?? _regions.Value;

    /// <summary>
    /// The defects in the regions, with their types and boxes: one or more for each region, because a region may join
    /// defects that are near, those of the highest region first. One for the image as a whole if such names were taught
    /// (<see cref="TeachOptions.Whole"/>) and it is not normal or has regions. Empty if the detector was not taught
    /// names (<see cref="AnomalyDetector.LearnNames"/>).
    /// </summary>
    public IReadOnlyList<RegionType> Defects { get; internal set; } = [];

    /// <summary>The regions with their types; null if the detector was not taught any.</summary>
    internal IReadOnlyList<Region>? Named { get; set; }

    /// <summary>The same inspection with another image threshold.</summary>
    /// <param name="threshold">The image threshold.</param>
    /// <param name="checkThreshold">The check threshold; null for two answers only.</param>
    public Inspection WithThreshold(double threshold, double? checkThreshold = null) => new()
    {
        Name = Name,
        Index = Index,
        Score = Score,
        Threshold = threshold,
        CheckThreshold = checkThreshold,
        PixelThreshold = PixelThreshold,
        InputMap = InputMap,
        Geometry = Geometry,
        Region = Region,
        HighestPatch = HighestPatch,
        PValue = PValue,
        Named = Named,
        Defects = Defects,
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

    private IReadOnlyList<Region> FindRegions() => Map.FindRegions(PixelThreshold);
}

/// <summary>A patch of an inspected image and its nearest training patch. Immutable and thread-safe.</summary>
/// <param name="X">The x coordinate of the patch's center on the original image, in pixels.</param>
/// <param name="Y">The y coordinate of the patch's center on the original image, in pixels.</param>
/// <param name="Score">The patch's score.</param>
/// <param name="TrainingImage">The relative path of the good image that contains the nearest training patch.</param>
/// <param name="TrainingPatch">
/// The index of the training patch: y x grid width + x, numbered across the grids of all training views of that image.
/// </param>
/// <param name="GridWidth">Patches per row of the view that contains the patch.</param>
/// <param name="GridHeight">Rows of patches of that view.</param>
public sealed record PatchMatch(
    double X,
    double Y,
    double Score,
    string TrainingImage,
    int TrainingPatch,
    int GridWidth,
    int GridHeight)
{
    /// <summary>The lane of the view.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Lane { get; init; }

    /// <summary>The position of the view on the inspected image; null if it is the whole canvas.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public InputGeometry? Window { get; init; }

    /// <summary>The center of the training patch on its image, in pixels.</summary>
    /// <param name="inspected">The position of the canvas on the inspected image
    /// (<see cref="Inspection.Geometry"/>).</param>
    /// <param name="detector">The detector.</param>
    /// <param name="width">The width of the training image.</param>
    /// <param name="height">The height of the training image.</param>
    /// <exception cref="SemiDefectException">An image of that size does not fit the detector.</exception>
    public (double X, double Y) OnTrainingImage(
        InputGeometry inspected,
        DetectorDescription detector,
        int width,
        int height)
    {
        ArgumentNullException.ThrowIfNull(detector);

        // The distance between patches, in input pixels, is a property of the network and determines the grids.
        int stride = Math.Max(1, (int)Math.Round((double)(Window ?? inspected).InputWidth / GridWidth));
        int patch = TrainingPatch;
        View? last = null;
        foreach (View view in detector.Lanes[Math.Min(Lane, detector.Lanes.Count - 1)].Views.ToLearn(width, height))
        {
            int gridWidth = (view.Width + stride - 1) / stride;
            int gridHeight = (view.Height + stride - 1) / stride;
            if (patch < gridWidth * gridHeight)
            {
                return view.PatchCenter(patch, gridHeight, gridWidth);
            }

            patch -= gridWidth * gridHeight;
            last = view;
        }

        // The size of the image has changed since the fit.
        return last!.ToOriginal(last.Width / 2.0, last.Height / 2.0);
    }

    /// <summary>Whether the patch lies on an area of the inspected image, or within one and a half patches.</summary>
    /// <param name="geometry">The position of the canvas on the image (<see cref="Inspection.Geometry"/>).</param>
    /// <param name="box">The area in pixels of the image.</param>
    public bool IsOn(InputGeometry geometry, (int Left, int Top, int Width, int Height) box)
    {
        InputGeometry window = Window ?? geometry;
        double patchX = window.ScaleX * window.InputWidth / GridWidth;
        double patchY = window.ScaleY * window.InputHeight / GridHeight;
        return X >= box.Left - 1.5 * patchX && X <= box.Left + box.Width + 1.5 * patchX
            && Y >= box.Top - 1.5 * patchY && Y <= box.Top + box.Height + 1.5 * patchY;
    }

    /// <summary>
    /// The side, in pixels of the original, of a square five patches wide: about what the network sees around a patch.
    /// </summary>
    /// <param name="geometry">The position of the canvas on the original.</param>
    public double Neighborhood(InputGeometry geometry)
    {
        InputGeometry window = Window ?? geometry;
        return 5.0 * Math.Max(
            window.ScaleX * window.InputWidth / GridWidth, window.ScaleY * window.InputHeight / GridHeight);
    }
}
