using System.Text.Json.Serialization;
using SemiDefect.Anomaly.Serialization;
using SemiDefect.Anomaly.Views;

namespace SemiDefect.Anomaly;

/// <summary>A patch of an inspected image and the training patch nearest to it. Immutable and thread-safe.</summary>
/// <param name="X">The patch's center on the original image, in pixels from the left.</param>
/// <param name="Y">The patch's center on the original image, in pixels from the top.</param>
/// <param name="Score">The patch's score.</param>
/// <param name="TrainingImage">The good image that the nearest training patch came from, as its relative path.</param>
/// <param name="TrainingPatch">
/// Which of that image's patches: y x grid width + x, numbered through the grids of all views that the image is learned
/// by.
/// </param>
/// <param name="GridWidth">Patches per row of the view that shows the patch.</param>
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
    /// <summary>The lane of the detector that the view belongs to.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Lane { get; init; }

    /// <summary>Where the view lies on the inspected image; null where it is the whole canvas.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public InputGeometry? Window { get; init; }

    /// <summary>The center of the training patch on its image, in pixels.</summary>
    /// <param name="inspected">Where the canvas lay on the inspected image (<see cref="Inspection.Geometry"/>).</param>
    /// <param name="document">The detector.</param>
    /// <param name="width">Pixels per row of the training image.</param>
    /// <param name="height">Rows of the training image.</param>
    /// <exception cref="SemiDefectException">An image of that size does not fit the detector.</exception>
    public (double X, double Y) OnTrainingImage(
        InputGeometry inspected,
        DetectorDocument document,
        int width,
        int height)
    {
        ArgumentNullException.ThrowIfNull(document);

        // The step from patch to patch, in pixels of the input, belongs to the network; the grids follow from it.
        int stride = Math.Max(1, (int)Math.Round((double)(Window ?? inspected).InputWidth / GridWidth));
        int patch = TrainingPatch;
        View? last = null;
        foreach (View view in document.Lanes[Math.Min(Lane, document.Lanes.Count - 1)].Views.ToLearn(width, height))
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

        // The image has changed its size since.
        return last!.ToOriginal(last.Width / 2.0, last.Height / 2.0);
    }

    /// <summary>The side, in pixels of the original, of a square five patches wide: about what the network sees of the
    /// surroundings.</summary>
    /// <param name="geometry">Where the canvas lies on the original.</param>
    public double Neighborhood(InputGeometry geometry)
    {
        InputGeometry window = Window ?? geometry;
        return 5.0 * Math.Max(
            window.ScaleX * window.InputWidth / GridWidth, window.ScaleY * window.InputHeight / GridHeight);
    }
}
