namespace SemiDefect.Anomaly;

/// <summary>A patch of an inspected image and the training patch nearest to it.</summary>
/// <param name="X">The patch's center on the original image, in pixels from the left.</param>
/// <param name="Y">The patch's center on the original image, in pixels from the top.</param>
/// <param name="Score">The patch's score.</param>
/// <param name="TrainingImage">The good image that the nearest training patch came from, as its relative path.</param>
/// <param name="TrainingPatch">Which of that image's patches: y x grid width + x.</param>
/// <param name="GridWidth">Patches per row of the inspected image.</param>
/// <param name="GridHeight">Rows of patches of the inspected image.</param>
public sealed record PatchMatch(double X, double Y, double Score, string TrainingImage, int TrainingPatch, int GridWidth, int GridHeight);
