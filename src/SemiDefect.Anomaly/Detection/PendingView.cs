using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.Views;

namespace SemiDefect.Anomaly.Detection;

/// <summary>A view that is yet to be cropped from its canvas and encoded. Immutable and thread-safe.</summary>
/// <param name="Image">The index of the image.</param>
/// <param name="Lane">The index of the lane.</param>
/// <param name="Position">The index of the view among the lane's views of the image.</param>
/// <param name="Views">The number of views of the image in the lane.</param>
/// <param name="IsLast">Whether no more views of the image follow.</param>
/// <param name="Picture">The canvas.</param>
/// <param name="Canvas">The position of the canvas on the original.</param>
/// <param name="View">The view.</param>
/// <param name="Options">The normalization.</param>
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
    /// <summary>The number of input pixels of the network.</summary>
    public long Pixels => (long)View.Width * View.Height;

    /// <summary>The input of the network.</summary>
    public PreparedView Prepare() => Preprocessor.Prepare(Picture, Canvas, View, Options);
}
