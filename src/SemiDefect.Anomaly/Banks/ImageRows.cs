using SemiDefect.Anomaly.Encoders;

namespace SemiDefect.Anomaly.Banks;

/// <summary>
/// The position of one training image's patches among the rows of all images. Treat as immutable; then thread-safe.
/// </summary>
/// <param name="FirstRow">The image's first row.</param>
/// <param name="Layouts">The patches of each view; the rows of the views are consecutive.</param>
internal sealed record ImageRows(int FirstRow, IReadOnlyList<PatchLayout> Layouts)
{
    /// <summary>The number of rows of the image.</summary>
    public int Count { get; } = Layouts.Sum(layout => layout.Count);

    /// <summary>The first row of a view.</summary>
    public int FirstRowOf(int view) => FirstRow + Layouts.Take(view).Sum(layout => layout.Count);

    /// <summary>The index of a row's patch in the concatenated full grids of all views.</summary>
    /// <param name="row">The row, relative to the image's first row.</param>
    public int PatchOf(int row)
    {
        int before = 0;
        foreach (PatchLayout layout in Layouts)
        {
            if (row < layout.Count)
            {
                return before + layout.PatchOf(row);
            }

            row -= layout.Count;
            before += layout.Height * layout.Width;
        }

        throw new ArgumentOutOfRangeException(nameof(row));
    }
}
