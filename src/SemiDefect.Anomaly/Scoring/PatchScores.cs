using SemiDefect.Anomaly.Encoders;

namespace SemiDefect.Anomaly.Scoring;

/// <summary>The patch scores of one view. Treat as immutable; then thread-safe.</summary>
/// <param name="Layout">The patches.</param>
/// <param name="Values">One score per patch of the layout; 0 or more.</param>
/// <param name="NearestRows">The nearest row of the memory bank for each patch; empty if not known.</param>
/// <param name="ImageScore">The image score by this view alone; 0 without patches.</param>
internal sealed record PatchScores(PatchLayout Layout, double[] Values, int[] NearestRows, double ImageScore)
{
    /// <summary>The index of the first vector with the highest score.</summary>
    public int HighestVector => Array.IndexOf(Values, Values.Max());

    /// <summary>The scores of a view with known squared distances, if the image score needs nothing else.</summary>
    /// <param name="layout">The patches.</param>
    /// <param name="squaredDistances">The squared distances of each patch to its nearest rows.</param>
    /// <param name="options">How distances become scores; not <see cref="ImageScoreRule.Reweighted"/>.</param>
    internal static PatchScores Of(PatchLayout layout, ReadOnlySpan<double> squaredDistances, ScoringOptions options)
    {
        double[] values = ScoreSmoothing.Apply(
            DistancesOf(squaredDistances, options.Neighbors, options), layout, options.Smoothing);
        return new PatchScores(layout, values, [], ImageScoreOf(values, options));
    }

    /// <summary>The image score by all views.</summary>
    internal static double Combine(IReadOnlyList<PatchScores> views, ScoringOptions options) =>
        views.Count > 1 && options.ImageScore == ImageScoreRule.TopPercentMean
            ? ImageScoreOf([.. views.SelectMany(view => view.Values)], options)
            : views[HighestOf(views)].ImageScore;

    /// <summary>The first view with the highest patch score.</summary>
    internal static int HighestOf(IReadOnlyList<PatchScores> views)
    {
        int highest = 0;
        double most = double.NegativeInfinity;
        for (int i = 0; views.Count > 1 && i < views.Count; i++)
        {
            double value = views[i].Values.Length == 0 ? double.NegativeInfinity : views[i].Values.Max();
            (highest, most) = value > most ? (i, value) : (highest, most);
        }

        return highest;
    }

    /// <summary>
    /// The mean distance of each patch to its nearest rows: of <paramref name="found"/> rows that were found, the
    /// <see cref="ScoringOptions.Neighbors"/> nearest count.
    /// </summary>
    internal static double[] DistancesOf(ReadOnlySpan<double> squaredDistances, int found, ScoringOptions options)
    {
        int k = options.Neighbors;
        double[] values = new double[squaredDistances.Length / found];
        for (int patch = 0; patch < values.Length; patch++)
        {
            double sum = 0;
            for (int i = 0; i < k; i++)
            {
                sum += Distance(squaredDistances[patch * found + i], options);
            }

            values[patch] = sum / k;
        }

        return values;
    }

    /// <summary>
    /// The image score from the patch scores alone: not for <see cref="ImageScoreRule.Reweighted"/>.
    /// </summary>
    internal static double ImageScoreOf(double[] values, ScoringOptions options) =>
        values.Length == 0 ? 0
        : options.ImageScore == ImageScoreRule.TopPercentMean ? TopPercentMean(values)
        : values.Max();

    internal static double Distance(double squared, ScoringOptions options) =>
        options.Metric == DistanceMetric.Euclidean ? Math.Sqrt(squared) : squared;

    private static double TopPercentMean(double[] values)
    {
        double[] sorted = [.. values];
        Array.Sort(sorted);
        int count = Math.Max(1, values.Length / 100);
        double sum = 0;
        for (int i = 1; i <= count; i++)
        {
            sum += sorted[^i];
        }

        return sum / count;
    }
}
