using SemiDefect.Anomaly.Encoders;

namespace SemiDefect.Anomaly.Banks;

/// <summary>Where one training image's patches lie among the rows of all. Immutable by convention, and so
/// thread-safe.</summary>
/// <param name="FirstRow">The first of its rows.</param>
/// <param name="Layouts">The patches of each of its views; their rows follow each other.</param>
internal sealed record ImageRows(int FirstRow, IReadOnlyList<PatchLayout> Layouts)
{
    /// <summary>The number of its rows.</summary>
    public int Count { get; } = Layouts.Sum(layout => layout.Count);

    /// <summary>The first row of one of its views.</summary>
    public int FirstRowOf(int view) => FirstRow + Layouts.Take(view).Sum(layout => layout.Count);

    /// <summary>The number of a row's patch among those of all views' whole grids.</summary>
    /// <param name="row">0 for the image's first row.</param>
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
