using SemiDefect.Anomaly.Imaging;

namespace SemiDefect.Anomaly.Evaluation.Rehearsals;

/// <summary>An image with a planted defect. Immutable by convention, therefore thread-safe.</summary>
/// <param name="Image">The image.</param>
/// <param name="Mask">One byte per pixel: 255 where the image was changed, 0 elsewhere.</param>
/// <param name="Box">The bounding box of the change: left, top, width and height.</param>
internal sealed record PlantedImage(Image Image, byte[] Mask, (int Left, int Top, int Width, int Height) Box);
