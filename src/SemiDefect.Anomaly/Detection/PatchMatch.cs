using SemiDefect.Anomaly.Views;

namespace SemiDefect.Anomaly;

/// <summary>A patch of an inspected image and the training patch nearest to it.</summary>
/// <param name="X">The patch's center on the original image, in pixels from the left.</param>
/// <param name="Y">The patch's center on the original image, in pixels from the top.</param>
/// <param name="Score">The patch's score.</param>
/// <param name="TrainingImage">The good image that the nearest training patch came from, as its relative path.</param>
/// <param name="TrainingPatch">Which of that image's patches: y x grid width + x.</param>
/// <param name="GridWidth">Patches per row of the inspected image.</param>
/// <param name="GridHeight">Rows of patches of the inspected image.</param>
public sealed record PatchMatch(double X, double Y, double Score, string TrainingImage, int TrainingPatch, int GridWidth, int GridHeight)
{
    /// <summary>The center of the training patch on its image, in pixels.</summary>
    /// <param name="inspected">Where the network's input lay on the inspected image.</param>
    /// <param name="training">The same of the training image (<see cref="Preprocessor.Plan"/>), which may have another size.</param>
    public (double X, double Y) OnTrainingImage(InputGeometry inspected, InputGeometry training)
    {
        // The step from patch to patch, in pixels of the input, belongs to the network; the grid follows from it.
        int stride = Math.Max(1, (int)Math.Round((double)inspected.InputWidth / GridWidth));
        int gridWidth = (training.InputWidth + stride - 1) / stride;
        int gridHeight = (training.InputHeight + stride - 1) / stride;
        return training.ToOriginal(
            (TrainingPatch % gridWidth + 0.5) * training.InputWidth / gridWidth - 0.5,
            (TrainingPatch / gridWidth + 0.5) * training.InputHeight / gridHeight - 0.5);
    }

    /// <summary>The side, in pixels of the original, of a square five patches wide: about what the network sees of the surroundings.</summary>
    public double Neighborhood(InputGeometry geometry) =>
        5.0 * Math.Max(geometry.ScaleX * geometry.InputWidth / GridWidth, geometry.ScaleY * geometry.InputHeight / GridHeight);
}
