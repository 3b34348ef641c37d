using SemiDefect.Anomaly.Imaging;

namespace SemiDefect.Anomaly.Tuning;

/// <summary>A good image with a planted defect. Immutable by convention, and so thread-safe.</summary>
/// <param name="Image">The image, of the size of the good one.</param>
/// <param name="Kind">The name of the kind of defect, one line.</param>
/// <param name="Step">The position of the size among all sizes that are planted, 0 or more.</param>
/// <param name="Size">The extent in pixels, 1 or more.</param>
/// <param name="Box">The bounding box of the change, in pixels.</param>
public sealed record PlantedPicture(
    Image Image, string Kind, int Step, int Size, (int Left, int Top, int Width, int Height) Box);
