using SemiDefect.Anomaly.Gpu.Searching;

namespace SemiDefect.Anomaly.Gpu.Tests.Support;

/// <summary>A source that fails, or corrupts the results of another one, from a certain batch on.</summary>
internal sealed class FaultySource(ICandidateSource inner, int firstBatch, Action<float[], int[]> spoil)
    : ICandidateSource
{
    private int _batch;

    public int BatchQueries => inner.BatchQueries;

    public void SetNorms(ReadOnlySpan<float> norms) => inner.SetNorms(norms);

    public void Begin(int lane, ReadOnlySpan<float> queries, int tiles, int slots) =>
        inner.Begin(lane, queries, tiles, slots);

    public void End(int lane, Span<float> keys, Span<int> rows)
    {
        inner.End(lane, keys, rows);
        if (_batch++ >= firstBatch)
        {
            float[] spoiledKeys = keys.ToArray();
            int[] spoiledRows = rows.ToArray();
            spoil(spoiledKeys, spoiledRows);
            spoiledKeys.CopyTo(keys);
            spoiledRows.CopyTo(rows);
        }
    }

    public void Dispose() => inner.Dispose();
}
