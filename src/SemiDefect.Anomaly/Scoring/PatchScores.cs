using SemiDefect.Anomaly.Encoders;
using SemiDefect.Anomaly.Search.Numerics;

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

/// <summary>The scores of an image by one branch. Treat as immutable; then thread-safe.</summary>
/// <param name="Views">The scores of each view, in the order of the plan.</param>
/// <param name="ImageScore">The image score by this branch.</param>
internal sealed record BranchScores(IReadOnlyList<PatchScores> Views, double ImageScore)
{
    /// <summary>The view with the highest patch score.</summary>
    public PatchScores HighestView => Views[PatchScores.HighestOf(Views)];

    internal static BranchScores Of(IReadOnlyList<PatchScores> views, ScoringOptions options) =>
        new(views, PatchScores.Combine(views, options));

    /// <summary>The scores by each way of scoring patches.</summary>
    /// <param name="views">For each view, its scores by each way.</param>
    /// <param name="options">How patch scores become an image score.</param>
    internal static BranchScores[] ByWay(IReadOnlyList<PatchScores[]> views, ScoringOptions options) =>
        [.. Enumerable.Range(0, views[0].Length).Select(way => Of([.. views.Select(view => view[way])], options))];
}

/// <summary>
/// Gaussian smoothing of the patch scores of a view, normalized over the patches that exist: patches outside the view
/// or its layout have no weight. Separable, columns first, accumulated in float64 in the order of the taps. Stateless.
/// </summary>
internal static class ScoreSmoothing
{
    /// <summary>Smooths scores.</summary>
    /// <param name="values">One score per patch of the layout.</param>
    /// <param name="layout">The patches.</param>
    /// <param name="sigma">The standard deviation in patches; 0 returns the values as they are.</param>
    public static double[] Apply(double[] values, PatchLayout layout, double sigma)
    {
        if (sigma == 0 || values.Length == 0)
        {
            return values;
        }

        double[] weights = Weights(sigma);
        double[] scores = new double[layout.Height * layout.Width];
        double[] exists = new double[scores.Length];
        for (int i = 0; i < values.Length; i++)
        {
            scores[layout.PatchOf(i)] = values[i];
            exists[layout.PatchOf(i)] = 1;
        }

        scores = Blur(scores, layout, weights);
        exists = Blur(exists, layout, weights);
        double[] smoothed = new double[values.Length];
        for (int i = 0; i < smoothed.Length; i++)
        {
            int patch = layout.PatchOf(i);
            smoothed[i] = scores[patch] / exists[patch];
        }

        return smoothed;
    }

    private static double[] Blur(double[] source, PatchLayout layout, double[] weights)
    {
        (int height, int width, int radius) = (layout.Height, layout.Width, weights.Length / 2);
        double[] columns = new double[source.Length];
        double[] target = new double[source.Length];
        for (int y = 0; y < height; y++)
        {
            for (int tap = Math.Max(-radius, -y); tap <= Math.Min(radius, height - 1 - y); tap++)
            {
                for (int x = 0; x < width; x++)
                {
                    columns[y * width + x] += weights[tap + radius] * source[(y + tap) * width + x];
                }
            }

            for (int x = 0; x < width; x++)
            {
                for (int tap = Math.Max(-radius, -x); tap <= Math.Min(radius, width - 1 - x); tap++)
                {
                    target[y * width + x] += weights[tap + radius] * columns[y * width + x + tap];
                }
            }
        }

        return target;
    }

    // Truncated at four standard deviations, like the blur of the map.
    private static double[] Weights(double sigma)
    {
        int radius = (int)(4 * sigma + 0.5);
        double[] weights = new double[2 * radius + 1];
        for (int i = -radius; i <= radius; i++)
        {
            weights[i + radius] = PortableMath.Exp(-0.5 * i * i / (sigma * sigma));
        }

        return weights;
    }
}
