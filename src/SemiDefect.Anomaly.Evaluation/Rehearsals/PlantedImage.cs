using SemiDefect.Anomaly.Imaging;

namespace SemiDefect.Anomaly.Evaluation.Rehearsals;

/// <summary>An image with a planted defect. Immutable by convention, and so thread-safe.</summary>
/// <param name="Image">The image.</param>
/// <param name="Mask">255 where it was changed, 0 elsewhere; one byte per pixel.</param>
/// <param name="Box">The box around the change: left, top, width and height.</param>
internal sealed record PlantedImage(Image Image, byte[] Mask, (int Left, int Top, int Width, int Height) Box);
