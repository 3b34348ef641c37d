using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.Views;

namespace SemiDefect.Anomaly.Detection;

/// <summary>A view that waits to be cut out of its canvas and encoded. Immutable and thread-safe.</summary>
/// <param name="Image">The position of the image in its list.</param>
/// <param name="Lane">The number of the lane.</param>
/// <param name="Position">The position of the view among the lane's views of the image.</param>
/// <param name="Views">How many views the lane has of the image.</param>
/// <param name="IsLast">Whether no more views of the image follow.</param>
/// <param name="Picture">The canvas.</param>
/// <param name="Canvas">Where the canvas lies on the original.</param>
/// <param name="View">The view.</param>
/// <param name="Options">How it is normalized.</param>
internal sealed record PendingView(
    int Image,
    int Lane,
    int Position,
    int Views,
    bool IsLast,
    Image Picture,
    InputGeometry Canvas,
    View View,
    PreprocessingOptions Options)
{
    /// <summary>Pixels that the network will see.</summary>
    public long Pixels => (long)View.Width * View.Height;

    /// <summary>What the network will see.</summary>
    public PreparedView Prepare() => Preprocessor.Prepare(Picture, Canvas, View, Options);
}
