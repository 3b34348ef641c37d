namespace SemiDefect.Anomaly.Encoders;

/// <summary>A view of a list of images, encoded.</summary>
/// <param name="Image">The position of the image in the list.</param>
/// <param name="Lane">The number of the lane.</param>
/// <param name="Position">The position of the view among the lane's views of the image.</param>
/// <param name="Views">How many views the lane has of the image.</param>
/// <param name="IsLast">Whether no more views of the image follow.</param>
/// <param name="Grid">Its patches.</param>
internal sealed record EncodedView(int Image, int Lane, int Position, int Views, bool IsLast, PatchGrid Grid);
