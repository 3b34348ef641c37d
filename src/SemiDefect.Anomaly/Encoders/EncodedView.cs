namespace SemiDefect.Anomaly.Encoders;

/// <summary>An encoded view of an image in a list.</summary>
/// <param name="Image">The index of the image in the list.</param>
/// <param name="Lane">The index of the lane.</param>
/// <param name="Position">The index of the view among the lane's views of the image.</param>
/// <param name="Views">The number of views of the image in the lane.</param>
/// <param name="IsLast">Whether no more views of the image follow.</param>
/// <param name="Grid">The patches.</param>
internal sealed record EncodedView(int Image, int Lane, int Position, int Views, bool IsLast, PatchGrid Grid);
