using SemiDefect.Anomaly.Views;

namespace SemiDefect.Anomaly.Encoders;

/// <summary>The patches of a view. Treat as immutable; then thread-safe.</summary>
/// <param name="Height">Rows of the patch grid.</param>
/// <param name="Width">Columns of the patch grid.</param>
/// <param name="View">The view.</param>
/// <param name="Patches">The valid patches (y x width + x), ascending; null if all are valid.</param>
public sealed record PatchLayout(int Height, int Width, View View, IReadOnlyList<int>? Patches)
{
    /// <summary>The number of valid patches, which are used for training and scoring.</summary>
    public int Count => Patches?.Count ?? Height * Width;

    /// <summary>The patch (y x width + x) of a vector.</summary>
    public int PatchOf(int vector) => Patches?[vector] ?? vector;
}
