using SemiDefect.Anomaly.Search.Projections;
using SemiDefect.Anomaly.Serialization;

namespace SemiDefect.Anomaly.Encoders;

/// <summary>
/// The linear projection of the patches of a lane, between its encoder and its memory banks. Thread-safe. Memory: 12
/// bytes per value of its matrix.
/// </summary>
internal sealed class PatchProjection : IDisposable
{
    private readonly LinearProjection _map;

    /// <summary>The projection of a detector file.</summary>
    public PatchProjection(ProjectionRecord record)
    {
        Record = record;
        _map = new LinearProjection(record.Matrix, record.Outputs, record.Inputs);
    }

    /// <summary>Its description and matrix.</summary>
    public ProjectionRecord Record { get; }

    /// <summary>The projected patches of a view.</summary>
    /// <exception cref="SemiDefectException">The patches have another number of values.</exception>
    public PatchGrid Apply(PatchGrid grid, CancellationToken cancellationToken)
    {
        if (grid.Dimension != Record.Inputs)
        {
            throw new SemiDefectException(
                $"The network gives {grid.Dimension} values per patch, but the projection takes {Record.Inputs}: fit "
                    + "again.");
        }

        float[] vectors = new float[grid.Layout.Count * Record.Outputs];
        Apply(grid.Vectors.Span, vectors, 1, cancellationToken);
        return grid with { Dimension = Record.Outputs, Vectors = vectors };
    }

    /// <summary>Projects rows.</summary>
    public void Apply(
        ReadOnlySpan<float> rows, Span<float> results, int threads, CancellationToken cancellationToken) =>
        _map.Apply(rows, results, threads, cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => _map.Dispose();
}
