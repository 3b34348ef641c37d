using SemiDefect.Anomaly.Scoring;
using SemiDefect.Anomaly.Search.Neighbors;
using SemiDefect.Anomaly.Search.Numerics;

namespace SemiDefect.Anomaly.Banks;

/// <summary>
/// Scores an image's patches by their distance to a memory bank, in float64. Thread-safe. Memory per call: patches x
/// neighbors distances. Does not own the search.
/// </summary>
internal sealed class PatchScorer(INearestNeighbors search, FeatureMatrix bank, ScoringOptions options)
{
    /// <summary>Scores the patches of one image.</summary>
    /// <param name="embeddings">patches x dimension values.</param>
    /// <param name="excludedGroup">Bank rows of this group are passed over; -1 for none.</param>
    /// <param name="cancellationToken">Stops the search.</param>
    public PatchScores Score(ReadOnlySpan<float> embeddings, int excludedGroup = -1, CancellationToken cancellationToken = default)
    {
        int k = options.Neighbors;
        int patches = embeddings.Length / search.Dimension;
        double[] squaredDistances = new double[patches * k];
        int[] rows = new int[patches * k];
        search.Search(embeddings, k, squaredDistances, rows, excludedGroup, cancellationToken);

        double[] values = Values(squaredDistances, options);
        int[] nearest = [.. Enumerable.Range(0, patches).Select(patch => rows[patch * k])];
        double imageScore = options.ImageScore == ImageScoreRule.Reweighted
            ? Reweighted(values, nearest, embeddings, excludedGroup, cancellationToken)
            : ImageScore(values, options);
        return new PatchScores(values, nearest, imageScore);
    }

    /// <summary>Each patch's score, of its squared distances to its nearest rows.</summary>
    public static double[] Values(ReadOnlySpan<double> squaredDistances, ScoringOptions options)
    {
        int k = options.Neighbors;
        double[] values = new double[squaredDistances.Length / k];
        for (int patch = 0; patch < values.Length; patch++)
        {
            double sum = 0;
            for (int i = 0; i < k; i++)
            {
                sum += Distance(squaredDistances[patch * k + i], options);
            }

            values[patch] = sum / k;
        }

        return values;
    }

    /// <summary>An image's score of its patches' scores, where that takes nothing else: not for <see cref="ImageScoreRule.Reweighted"/>.</summary>
    public static double ImageScore(double[] values, ScoringOptions options) =>
        options.ImageScore == ImageScoreRule.TopPercentMean ? TopPercentMean(values) : values.Max();

    private static double Distance(double squared, ScoringOptions options) => options.Metric == DistanceMetric.Euclidean ? Math.Sqrt(squared) : squared;

    private double Reweighted(double[] values, int[] nearest, ReadOnlySpan<float> embeddings, int excludedGroup, CancellationToken cancellationToken)
    {
        int patch = Array.IndexOf(values, values.Max());
        ReadOnlySpan<float> embedding = embeddings.Slice(patch * search.Dimension, search.Dimension);
        return values[patch] * Weight(embedding, nearest[patch], excludedGroup, cancellationToken);
    }

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

    private double Weight(ReadOnlySpan<float> embedding, int nearestRow, int excludedGroup, CancellationToken cancellationToken)
    {
        int count = Math.Min(options.ReweightingNeighbors, search.Count);
        double[] squaredDistances = new double[count];
        int[] support = new int[count];
        search.Search(bank.Row(nearestRow), count, squaredDistances, support, excludedGroup, cancellationToken);

        // The usual shift of the exponents by their maximum keeps them finite.
        double[] distances = new double[count];
        for (int i = 0; i < count; i++)
        {
            distances[i] = Distance(ExactDistance.Squared(embedding, bank.Row(support[i])), options);
        }

        double largest = distances.Max();
        double sum = 0;
        foreach (double distance in distances)
        {
            sum += PortableMath.Exp(distance - largest);
        }

        return 1 - PortableMath.Exp(distances[0] - largest) / sum;
    }
}
