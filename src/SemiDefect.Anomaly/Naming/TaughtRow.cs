namespace SemiDefect.Anomaly.Naming;

/// <summary>A described region of a labeled defect, or of a view. Treat as immutable; then thread-safe.</summary>
/// <param name="Defect">
/// The number of the labeled defect; the first row of each defect is the one it is judged by.
/// </param>
/// <param name="Type">The name of its type.</param>
/// <param name="Descriptor">Its values.</param>
/// <param name="Insets">
/// By how much the defect's box lies inside the region's: left, top, right, bottom, in shares of the region's width or
/// height; null if not known.
/// </param>
/// <param name="IsView">Whether it is a view.</param>
internal sealed record TaughtRow(
    int Defect, string Type, double[] Descriptor, double[]? Insets, bool IsView = false);
