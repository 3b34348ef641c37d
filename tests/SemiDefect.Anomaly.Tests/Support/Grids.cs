using SemiDefect.Anomaly.Banks;
using SemiDefect.Anomaly.Detection;
using SemiDefect.Anomaly.Encoders;
using SemiDefect.Anomaly.Scoring;
using SemiDefect.Anomaly.Search.Neighbors;
using SemiDefect.Anomaly.Search.Numerics;
using SemiDefect.Anomaly.Views;

namespace SemiDefect.Anomaly.Tests.Support;

/// <summary>Patch grids without a network, and models without a fit.</summary>
internal static class Grids
{
    /// <summary>An unturned view of an image of the given size.</summary>
    public static View View(int width, int height) =>
        new(new InputGeometry(width, height, width, height, 0, 0, width, height), ViewTurn.None, null);

    /// <summary>A grid of vectors, in one row of patches unless a width is given.</summary>
    public static PatchGrid Of(ReadOnlyMemory<float> vectors, int columns, int? width = null)
    {
        int patches = vectors.Length / columns;
        int across = width ?? patches;
        return new PatchGrid(
            new PatchLayout(patches / across, across, View(8 * across, 8 * patches / across), null), columns, vectors);
    }

    /// <summary>Images of one view each, as an encoder would return them.</summary>
    public static IEnumerable<EncodedView> Encoded(IEnumerable<PatchGrid> grids) =>
        grids.Select((grid, image) => new EncodedView(image, 0, 0, 1, true, grid));

    /// <summary>Scores vectors against a bank.</summary>
    public static PatchScores Score(FeatureMatrix vectors, ScoringOptions options, float[] queries)
    {
        // The bank takes ownership of the vectors.
        var bank = new MemoryBank(vectors, new int[vectors.Rows], new int[vectors.Rows]);
        using var model = new MemoryBankModel(bank, options, default, 1);
        return model.Score(Of(queries, vectors.Columns), BankFilter.All, CancellationToken.None);
    }
}
