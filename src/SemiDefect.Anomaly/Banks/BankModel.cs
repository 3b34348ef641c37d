using SemiDefect.Anomaly.Scoring;
using SemiDefect.Anomaly.Search.Neighbors;
using SemiDefect.Anomaly.Search.Numerics;

namespace SemiDefect.Anomaly.Banks;

/// <summary>A memory bank with the search over it and the scorer on top. Thread-safe. Does not own the bank.</summary>
internal sealed class BankModel : IDisposable
{
    private readonly ScoringOptions _options;
    private readonly INearestNeighbors _search;
    private readonly PatchScorer _scorer;

    /// <summary>Builds the search.</summary>
    /// <param name="bank">Must outlive the model.</param>
    /// <param name="options">How distances become scores.</param>
    /// <param name="groups">The group (fold) of each row, or empty.</param>
    /// <param name="threads">Threads per search, or 0 for one per core.</param>
    /// <param name="accelerator">A device to search on; null for the CPU.</param>
    public BankModel(MemoryBank bank, ScoringOptions options, ReadOnlyMemory<int> groups, int threads, SearchAccelerator? accelerator = null)
    {
        if (bank.Vectors.Rows < options.Neighbors)
        {
            throw new SemiDefectException($"The memory bank holds {bank.Vectors.Rows} patches, fewer than the {options.Neighbors} neighbors asked for: keep more patches (--coreset) or ask for fewer neighbors.");
        }

        Bank = bank;
        _options = options;
        _search = NearestNeighbors.Create(bank.Vectors, groups, threads, accelerator);
        _scorer = new PatchScorer(_search, bank.Vectors, options);
    }

    private BankModel(BankModel model, MemoryBank joined, INearestNeighbors search)
    {
        Bank = joined;
        _options = model._options;
        _search = search;
        _scorer = new PatchScorer(search, joined.Vectors, _options);
    }

    /// <summary>What normal looks like.</summary>
    public MemoryBank Bank { get; }

    /// <summary>Scores the patches of one image; see <see cref="PatchScorer.Score"/>.</summary>
    public PatchScores Score(ReadOnlySpan<float> embeddings, int excludedGroup = -1, CancellationToken cancellationToken = default) =>
        _scorer.Score(embeddings, excludedGroup, cancellationToken);

    /// <summary>The same model with more rows, which no exclusion concerns; it uses this one's search, which must outlive it.</summary>
    /// <param name="joined">This model's rows and then the further ones.</param>
    /// <param name="threads">Threads per search, or 0 for one per core.</param>
    /// <param name="more">The further rows; must outlive the model.</param>
    public BankModel Join(MemoryBank joined, FeatureMatrix more, int threads) =>
        new(this, joined, new JoinedNearestNeighbors(_search, NearestNeighbors.Create(more, default, threads)));

    /// <summary>The squared Euclidean distance of each row to the bank vector nearest to it; bank rows of the excluded group are passed over, -1 for none.</summary>
    public void NearestSquaredDistances(ReadOnlySpan<float> rows, Span<double> distances, int excludedGroup, CancellationToken cancellationToken) =>
        _search.Search(rows, 1, distances, new int[distances.Length], excludedGroup, cancellationToken);

    /// <summary>The squared Euclidean distance of each row to the bank vector nearest to it.</summary>
    public double[] NearestSquaredDistances(FeatureMatrix rows, CancellationToken cancellationToken)
    {
        const int Block = 4096;
        double[] distances = new double[rows.Rows];
        int[] indices = new int[Math.Min(Block, rows.Rows)];
        for (int start = 0; start < rows.Rows; start += Block)
        {
            int count = Math.Min(Block, rows.Rows - start);
            _search.Search(rows.RowBlock(start, count), 1, distances.AsSpan(start, count), indices.AsSpan(0, count), -1, cancellationToken);
        }

        return distances;
    }

    /// <summary>Gives the search's memory back.</summary>
    public void Dispose() => _search.Dispose();
}
