using SemiDefect.Anomaly.Banks;
using SemiDefect.Anomaly.Encoders;
using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.Scoring;
using SemiDefect.Anomaly.Search.Neighbors;
using SemiDefect.Anomaly.Tuning;
using SemiDefect.Anomaly.Views;

namespace SemiDefect.Anomaly.Detection;

/// <summary>
/// Scores defects planted in good images by the models of one lane, out of fold: by the same model and with the same
/// filter as the good images. Not thread-safe; use once. Memory: the planted pictures of one good image.
/// </summary>
/// <param name="planter">Plants the defects.</param>
/// <param name="count">The number of good images.</param>
/// <param name="stream">Encodes pictures for the lane.</param>
/// <param name="read">Reads a good image.</param>
/// <param name="scoring">How patch scores become an image score.</param>
internal sealed class PlantedScorer(
    IDefectPlanter planter, int count, EncodingStream stream, Func<int, Image> read, ScoringOptions scoring)
{
    private readonly HashSet<int> _chosen = [.. planter.Choose(count)];
    private readonly SortedDictionary<int, PlantedDefect[][]> _scored = [];

    /// <summary>The number of good images that defects are planted in.</summary>
    public int Count => _chosen.Count;

    /// <summary>The defects that were scored, by image.</summary>
    /// <param name="way">The position of what the score of a patch is among the ways of scoring.</param>
    public IReadOnlyList<PlantedDefect> Scored(int way) =>
        [.. _scored.Values.SelectMany(defects => defects).Select(defect => defect[way])];

    /// <summary>Whether defects are planted in an image.</summary>
    public bool Contains(int image) => _chosen.Contains(image);

    /// <summary>Plants in an image and scores.</summary>
    /// <param name="image">One of the chosen images.</param>
    /// <param name="model">The model.</param>
    /// <param name="filter">The rows that may be used.</param>
    /// <param name="ways">What the score of a patch is.</param>
    /// <param name="cancellationToken">Stops between views.</param>
    public void Score(
        int image,
        MemoryBankModel model,
        BankFilter filter,
        IReadOnlyList<DeviationScore> ways,
        CancellationToken cancellationToken)
    {
        IReadOnlyList<PlantedPicture> pictures = planter.Plant(image, count, read(image));
        var scored = new PlantedDefect[pictures.Count][];
        var views = new List<PatchScores[]>();
        foreach (EncodedView view in stream.EncodeAll(
            pictures.Count, index => pictures[index].Image, ViewPurpose.Inspect, cancellationToken))
        {
            views.Add(model.Score(view.Grid, filter, ways, cancellationToken));
            if (view.IsLast)
            {
                PlantedPicture picture = pictures[view.Image];
                scored[view.Image] =
                [
                    .. BranchScores.ByWay(views, scoring).Select(scores => new PlantedDefect(
                        image,
                        picture.Kind,
                        picture.Step,
                        picture.Size,
                        scores.ImageScore,
                        IsOn(scores.HighestView, picture.Box))),
                ];
                views.Clear();
            }
        }

        _scored.Add(image, scored);
    }

    private static bool IsOn(PatchScores view, (int Left, int Top, int Width, int Height) box)
    {
        PatchLayout layout = view.Layout;
        if (view.Values.Length == 0)
        {
            return false;
        }

        int vector = view.HighestVector;
        (double x, double y) = layout.View.PatchCenter(layout.PatchOf(vector), layout.Height, layout.Width);
        return new PatchMatch(x, y, view.Values[vector], string.Empty, 0, layout.Width, layout.Height)
            .IsOn(layout.View.Geometry, box);
    }
}
