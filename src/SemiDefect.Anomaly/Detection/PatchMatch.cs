using System.Text.Json.Serialization;
using SemiDefect.Anomaly.Serialization;
using SemiDefect.Anomaly.Views;

namespace SemiDefect.Anomaly;

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
    /// <param name="document">The detector.</param>
    /// <param name="width">The width of the training image.</param>
    /// <param name="height">The height of the training image.</param>
    /// <exception cref="SemiDefectException">An image of that size does not fit the detector.</exception>
    public (double X, double Y) OnTrainingImage(
        InputGeometry inspected,
        DetectorDocument document,
        int width,
        int height)
    {
        ArgumentNullException.ThrowIfNull(document);

        // The distance between patches, in input pixels, is a property of the network and determines the grids.
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

        // The size of the image has changed since the fit.
        return last!.ToOriginal(last.Width / 2.0, last.Height / 2.0);
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
