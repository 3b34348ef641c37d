using SemiDefect.Anomaly.Views;

namespace SemiDefect.Anomaly;

/// <summary>
/// An image as a detector's encoders see it, made by <see cref="AnomalyDetector.Prepare"/>: for a caller that decodes
/// by itself. The image itself is not kept. Immutable and thread-safe.
/// </summary>
public sealed class PreparedImage
{
    internal PreparedImage(IReadOnlyList<(Detection.PendingView View, PreparedView Prepared)> views) => Views = views;

    internal IReadOnlyList<(Detection.PendingView View, PreparedView Prepared)> Views { get; }
}
