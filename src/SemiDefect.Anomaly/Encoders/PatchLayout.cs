using SemiDefect.Anomaly.Views;

namespace SemiDefect.Anomaly.Encoders;

/// <summary>Which patches of a view there are. Immutable by convention, and so thread-safe.</summary>
/// <param name="Height">Rows of the patch grid.</param>
/// <param name="Width">Columns of the patch grid.</param>
/// <param name="View">What was seen.</param>
/// <param name="Patches">The patches (y x width + x) that are learned and scored, ascending; null for all.</param>
public sealed record PatchLayout(int Height, int Width, View View, IReadOnlyList<int>? Patches)
{
    /// <summary>The number of patches that are learned and scored.</summary>
    public int Count => Patches?.Count ?? Height * Width;

    /// <summary>The patch (y x width + x) of a vector.</summary>
    public int PatchOf(int vector) => Patches?[vector] ?? vector;
}
