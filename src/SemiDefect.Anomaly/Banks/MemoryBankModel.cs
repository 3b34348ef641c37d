using SemiDefect.Anomaly.Encoders;
using SemiDefect.Anomaly.Scoring;
using SemiDefect.Anomaly.Search.Neighbors;
using SemiDefect.Anomaly.Search.Numerics;

namespace SemiDefect.Anomaly.Banks;

/// <summary>
/// Scores patches by their distance to a memory bank, in float64. Thread-safe. Does not own the bank. Memory per call:
/// patches x neighbors distances; with whitening, also a copy of the bank and of the patches.
/// </summary>
internal sealed class MemoryBankModel : IPatchModel
{
    private readonly ScoringOptions _options;
    private readonly INearestNeighbors _search;
    private readonly PatchWhitening? _whitening;
    private readonly FeatureMatrix? _whitened;

    /// <summary>Builds the search index.</summary>
    /// <param name="bank">Must outlive the model.</param>
    /// <param name="options">How distances become scores.</param>
    /// <param name="groups">The group (fold, image) of each row, or empty.</param>
    /// <param name="threads">Threads per search, or 0 for one per core.</param>
    /// <param name="accelerator">The device to search on, or null for the CPU.</param>
    /// <param name="whitening">Weighs the deviations of patches; null for none. Must outlive the model.</param>
    /// <exception cref="SemiDefectException">The bank has fewer rows than the number of neighbors.</exception>
    public MemoryBankModel(
        MemoryBank bank,
        ScoringOptions options,
        ReadOnlyMemory<int> groups,
        int threads,
        SearchAccelerator? accelerator = null,
        PatchWhitening? whitening = null)
    {
        if (bank.Vectors.Rows < options.Neighbors)
        {
            throw new SemiDefectException(
                $"The memory bank holds {bank.Vectors.Rows} patches, fewer than the {options.Neighbors} neighbors "
                    + "asked for: "
                + "keep more patches (--coreset) or ask for fewer neighbors.");
        }

        Bank = bank;
        _options = options;
        _whitening = whitening;
        _whitened = whitening?.Apply(bank.Vectors);
        try
        {
            _search = NearestNeighbors.Create(bank.Vectors, groups, threads, accelerator);
        }
        catch
        {
            _whitened?.Dispose();
            throw;
        }
    }

    private MemoryBankModel(
        MemoryBank bank,
        ScoringOptions options,
        INearestNeighbors search,
        PatchWhitening? whitening,
        FeatureMatrix? whitened) =>
        (Bank, _options, _search, _whitening, _whitened) = (bank, options, search, whitening, whitened);

    /// <summary>The memory bank.</summary>
    public MemoryBank Bank { get; }

    /// <inheritdoc/>
    public int Dimension => _search.Dimension;

    private int WhitenedNeighbors =>
        _whitening is null ? 0 : Math.Min(PatchWhitening.Neighbors, Bank.Vectors.Rows);

    /// <summary>The number of rows that a filter must leave to a model with more rows.</summary>
    public static int RowsNeeded(ScoringOptions options, PatchWhitening? whitening) =>
        Math.Max(options.RowsNeeded, whitening is null ? 0 : PatchWhitening.Neighbors);

    /// <inheritdoc/>
    public PatchScores Score(PatchGrid grid, BankFilter filter, CancellationToken cancellationToken) =>
        Score(grid, filter, [_whitening?.Record.Score ?? DeviationScore.Distance], cancellationToken)[0];

    /// <summary>Scores the patches of a view in several ways with one search.</summary>
    /// <param name="grid">The patches.</param>
    /// <param name="filter">Which rows may be used.</param>
    /// <param name="ways">What the score of a patch is; without whitening, only its distance.</param>
    /// <param name="cancellationToken">Cancels the work.</param>
    /// <returns>The scores by each way.</returns>
    /// <exception cref="SemiDefectException">The dimension of the grid differs.</exception>
    public PatchScores[] Score(
        PatchGrid grid, BankFilter filter, IReadOnlyList<DeviationScore> ways, CancellationToken cancellationToken)
    {
        if (grid.Dimension != Dimension)
        {
            throw new SemiDefectException(
                $"The network gives {grid.Dimension} values per patch, but the memory bank holds {Dimension}: fit "
                    + "again.");
        }

        int patches = grid.Layout.Count;
        if (patches == 0)
        {
            return [.. ways.Select(_ => new PatchScores(grid.Layout, [], [], 0))];
        }

        int k = Math.Max(_options.Neighbors, WhitenedNeighbors);
        double[] squaredDistances = new double[patches * k];
        int[] rows = new int[patches * k];
        Search(grid.Vectors.Span, k, squaredDistances, rows, filter, cancellationToken);

        double[] distances = PatchScores.DistancesOf(squaredDistances, k, _options);
        double[] whitened = _whitening is null ? [] : WhitenedOf(grid.Vectors.Span, rows, k, cancellationToken);
        int[] nearest = [.. Enumerable.Range(0, patches).Select(patch => rows[patch * k])];
        return
        [
            .. ways.Select(way =>
            {
                double[] values =
                    ScoreSmoothing.Apply(Combine(way, distances, whitened), grid.Layout, _options.Smoothing);
                double imageScore = _options.ImageScore == ImageScoreRule.Reweighted
                    ? Reweighted(values, nearest, grid.Vectors.Span, filter, cancellationToken)
                    : PatchScores.ImageScoreOf(values, _options);
                return new PatchScores(grid.Layout, values, nearest, imageScore);
            }),
        ];
    }

    /// <summary>
    /// The same model with the same whitening for another score, or without one. It takes over the search, so that this
    /// model must not be used or disposed of any more.
    /// </summary>
    public MemoryBankModel With(PatchWhitening? whitening)
    {
        if (whitening is null)
        {
            _whitened?.Dispose();
        }

        return new MemoryBankModel(Bank, _options, _search, whitening, whitening is null ? null : _whitened);
    }

    /// <summary>
    /// The same model with additional rows, to which no filter applies. It uses the search of this model, which must
    /// outlive it.
    /// </summary>
    /// <param name="joined">The rows of this model, followed by the additional ones.</param>
    /// <param name="more">The additional rows; must outlive the model.</param>
    /// <param name="threads">Threads per search, or 0 for one per core.</param>
    public MemoryBankModel Join(MemoryBank joined, FeatureMatrix more, int threads) =>
        new(
            joined,
            _options,
            new JoinedNearestNeighbors(_search, NearestNeighbors.Create(more, default, threads)),
            _whitening,
            JoinWhitened(more));

    /// <summary>The squared Euclidean distance of each row to its nearest vector in the bank.</summary>
    public void NearestSquaredDistances(
        ReadOnlySpan<float> rows, Span<double> distances, BankFilter filter, CancellationToken cancellationToken) =>
        Search(rows, 1, distances, new int[distances.Length], filter, cancellationToken);

    /// <summary>The squared Euclidean distance of each row to its nearest vector in the bank.</summary>
    public double[] NearestSquaredDistances(FeatureMatrix rows, CancellationToken cancellationToken)
    {
        const int Block = 4096;
        double[] distances = new double[rows.Rows];
        for (int start = 0; start < rows.Rows; start += Block)
        {
            int count = Math.Min(Block, rows.Rows - start);
            NearestSquaredDistances(
                rows.RowBlock(start, count), distances.AsSpan(start, count), BankFilter.All, cancellationToken);
        }

        return distances;
    }

    /// <summary>Frees the search index and the whitened rows.</summary>
    public void Dispose()
    {
        _search.Dispose();
        _whitened?.Dispose();
    }

    private FeatureMatrix? JoinWhitened(FeatureMatrix more)
    {
        using FeatureMatrix? whitened = _whitening?.Apply(more);
        return whitened is null ? null : _whitened!.Append(whitened);
    }

    // The geometric mean needs no common scale: a patch counts that is unusual by its distance, by the direction in
    // which it deviates, or by both.
    private static double[] Combine(DeviationScore way, double[] distances, double[] whitened) => way switch
    {
        DeviationScore.Distance => distances,
        DeviationScore.Whitened => whitened,
        _ => [.. distances.Zip(whitened, (distance, weighed) => Math.Sqrt(distance * weighed))],
    };

    // The smallest whitened distance of each patch to its nearest rows.
    private double[] WhitenedOf(
        ReadOnlySpan<float> vectors, int[] rows, int k, CancellationToken cancellationToken)
    {
        float[] whitened = _whitening!.Apply(vectors, cancellationToken);
        double[] values = new double[rows.Length / k];
        for (int patch = 0; patch < values.Length; patch++)
        {
            ReadOnlySpan<float> vector = whitened.AsSpan(patch * Dimension, Dimension);
            double least = double.PositiveInfinity;
            for (int i = 0; i < WhitenedNeighbors; i++)
            {
                least = Math.Min(least, ExactDistance.Squared(vector, _whitened!.Row(rows[patch * k + i])));
            }

            values[patch] = PatchScores.Distance(least, _options);
        }

        return values;
    }

    private void Search(
        ReadOnlySpan<float> queries,
        int k,
        Span<double> squaredDistances,
        Span<int> rows,
        BankFilter filter,
        CancellationToken cancellationToken) =>
        _search.Search(queries, k, squaredDistances, rows, filter, cancellationToken);

    private double Reweighted(
        double[] values,
        int[] nearest,
        ReadOnlySpan<float> embeddings,
        BankFilter filter,
        CancellationToken cancellationToken)
    {
        int patch = Array.IndexOf(values, values.Max());
        ReadOnlySpan<float> embedding = embeddings.Slice(patch * Dimension, Dimension);
        return values[patch] * Weight(embedding, nearest[patch], filter, cancellationToken);
    }

    private double Weight(
        ReadOnlySpan<float> embedding,
        int nearestRow,
        BankFilter filter,
        CancellationToken cancellationToken)
    {
        int count = Math.Min(_options.ReweightingNeighbors, _search.Count);
        double[] squaredDistances = new double[count];
        int[] support = new int[count];
        Search(Bank.Vectors.Row(nearestRow), count, squaredDistances, support, filter, cancellationToken);

        // The exponents are shifted by their maximum to avoid overflow.
        double[] distances = new double[count];
        for (int i = 0; i < count; i++)
        {
            distances[i] =
                PatchScores.Distance(ExactDistance.Squared(embedding, Bank.Vectors.Row(support[i])), _options);
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
