using SemiDefect.Anomaly.Views;

namespace SemiDefect.Anomaly;

/// <summary>
/// An image prepared by <see cref="AnomalyDetector.Prepare"/> for the encoders of a detector, for callers that decode
/// images themselves. Does not keep the image itself. Immutable and thread-safe.
/// </summary>
public sealed class PreparedImage
{
    internal PreparedImage(IReadOnlyList<(Detection.PendingView View, PreparedView Prepared)> views) => Views = views;

    internal IReadOnlyList<(Detection.PendingView View, PreparedView Prepared)> Views { get; }
}
