using SemiDefect.Anomaly.Search.Numerics;
using SemiDefect.Anomaly.Search.Projections;
using SemiDefect.Anomaly.Serialization;

namespace SemiDefect.Anomaly.Banks;

/// <summary>
/// Weighs how a patch deviates from the nearest patches of a memory bank by how much the patches of the good images
/// vary in each direction (<see cref="Whitening"/>). Thread-safe. Memory: 12 bytes x dimension x dimension.
/// </summary>
internal sealed class PatchWhitening : IDisposable
{
    /// <summary>The number of nearest patches whose whitened distance is computed; the smallest counts.</summary>
    public const int Neighbors = 4;

    // More would cost too much time and memory: a fit takes up to 150 bytes x dimension x dimension.
    private const int LargestDimension = 1024;

    private readonly LinearProjection _map;

    /// <summary>The whitening of a detector file.</summary>
    public PatchWhitening(WhiteningRecord record)
        : this(record, new LinearProjection(record.Matrix, record.Dimension, record.Dimension))
    {
    }

    private PatchWhitening(WhiteningRecord record, LinearProjection map) => (Record, _map) = (record, map);

    /// <summary>Its description and matrix.</summary>
    public WhiteningRecord Record { get; }

    /// <summary>Fits a whitening to the patches of the good images.</summary>
    /// <param name="features">The patches; a sample of at most 32,768 of them is used, spread evenly.</param>
    /// <param name="seed">The seed of the groups of images that show whether the whitening holds for others.</param>
    /// <param name="cancellationToken">Stops between images.</param>
    /// <returns>
    /// The whitening, or null if there are too few images, their patches do not vary, or have more than 1,024 values.
    /// </returns>
    public static PatchWhitening? Fit(TrainingFeatures features, ulong seed, CancellationToken cancellationToken)
    {
        if (features.Columns > LargestDimension)
        {
            return null;
        }

        Moments[] moments = FeatureSample.MomentsOf(features, seed, cancellationToken);
        return Whitening.Fit(moments, cancellationToken) is (float[] matrix, double shrinkage)
            ? new PatchWhitening(WhiteningRecord.Of(features.Columns, shrinkage, matrix))
            : null;
    }

    /// <summary>
    /// The same whitening for another score, or null if that needs none. It takes the place of this one, which must not
    /// be used or disposed of any more.
    /// </summary>
    public PatchWhitening? For(DeviationScore score)
    {
        if (score != DeviationScore.Distance)
        {
            return new PatchWhitening(Record with { Score = score }, _map);
        }

        _map.Dispose();
        return null;
    }

    /// <summary>The whitened rows of a bank, of the same size; the caller disposes of them.</summary>
    public FeatureMatrix Apply(FeatureMatrix rows)
    {
        const int Block = 4096;
        FeatureMatrix whitened = FeatureMatrix.Allocate(rows.Rows, rows.Columns);
        for (int row = 0; row < rows.Rows; row += Block)
        {
            int count = Math.Min(Block, rows.Rows - row);
            _map.Apply(rows.RowBlock(row, count), whitened.RowBlock(row, count), 1, CancellationToken.None);
        }

        return whitened;
    }

    /// <summary>The whitened vectors of patches.</summary>
    public float[] Apply(ReadOnlySpan<float> vectors, CancellationToken cancellationToken)
    {
        float[] whitened = new float[vectors.Length];
        _map.Apply(vectors, whitened, 1, cancellationToken);
        return whitened;
    }

    /// <inheritdoc/>
    public void Dispose() => _map.Dispose();
}
