using SemiDefect.Anomaly.Neighbors.Kernels;

namespace SemiDefect.Anomaly.Neighbors;

/// <summary>
/// One call of <see cref="PrefixNearestNeighbors"/>: first every query by its image, then those that the images told
/// too little by the dense kernel. Both hand out (some queries) x (some of the bank) to threads; where the bank is divided,
/// each part has a list of its own, and the lists are merged at the end. Not thread-safe.
/// </summary>
internal sealed unsafe class PrefixSearch : IDisposable
{
    private const int LeastRowsPerSegment = 1024;

    // A first pass over many rows looks at so many columns, to find rows worth measuring for a start.
    private const int EstimateColumns = 16;

    // In passes over many rows, bounds and panels then stay in the second-level cache.
    private const int PassRows = 2048;

    // After so many queries, the others follow if nine in ten gave up.
    private const int LeastVisited = 48;

    // What the dense kernel can square without leaving the range of float32.
    private const double LongestDenseQuery = 1e12;

    private readonly PrefixIndex _index;
    private readonly int _threads;
    private readonly float* _queries;
    private readonly int _count;
    private readonly int _k;
    private readonly double* _distances;
    private readonly int* _indices;
    private readonly int _segments;
    private readonly AlignedBuffer<float>? _maskedNorms;
    private readonly AlignedBuffer<float>? _maskedDenseNorms;
    private readonly AlignedBuffer<double>? _partDistances;
    private readonly AlignedBuffer<int>? _partIndices;
    private readonly int[] _gaveUp;
    private readonly double[] _caps;
    private int _visited;
    private int _gaveUpCount;

    public PrefixSearch(
        PrefixIndex index,
        ReadOnlySpan<int> groups,
        int excludedGroup,
        int threads,
        float* queries,
        int count,
        int k,
        double* distances,
        int* indices)
    {
        _index = index;
        _threads = threads;
        _queries = queries;
        _count = count;
        _k = k;
        _distances = distances;
        _indices = indices;
        _gaveUp = new int[count];
        _caps = new double[count];
        _caps.AsSpan().Fill(double.PositiveInfinity);
        int tiles = (count + PanelKernel.TileQueries - 1) / PanelKernel.TileQueries;
        _segments = Math.Max(1, Math.Min((threads + tiles - 1) / tiles, index.Bank.Rows / LeastRowsPerSegment));
        if (_segments > 1)
        {
            _partDistances = new AlignedBuffer<double>((long)_segments * count * k);
            _partIndices = new AlignedBuffer<int>((long)_segments * count * k);
        }

        if (excludedGroup >= 0 && !groups.IsEmpty)
        {
            _maskedNorms = Mask(index.Norms, groups, excludedGroup);
            _maskedDenseNorms = Mask(index.DenseNorms, groups, excludedGroup);
        }
    }

    private float* Norms => _maskedNorms is null ? _index.Norms : _maskedNorms.Data;

    private float* DenseNorms => _maskedDenseNorms is null ? _index.DenseNorms : _maskedDenseNorms.Data;

    /// <summary>Searches.</summary>
    public void Run(CancellationToken cancellationToken)
    {
        int tileQueries = PanelKernel.TileQueries;
        Distribute(_count, tileQueries, PrefixSearchScratch.ImageQueries, (first, end, segment, scratch) => VisitByImages(first, end, segment, scratch, cancellationToken), cancellationToken);
        int[] rest = [.. Enumerable.Range(0, _count).Where(query => _gaveUp[query] != 0)];
        if (rest.Length > 0)
        {
            Distribute(
                rest.Length,
                DenseKernel.GroupQueries,
                PrefixSearchScratch.DenseQueries,
                (first, end, segment, scratch) => VisitDensely(rest.AsSpan(first, end - first), segment, scratch, cancellationToken),
                cancellationToken);
        }

        Merge();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _maskedNorms?.Dispose();
        _maskedDenseNorms?.Dispose();
        _partDistances?.Dispose();
        _partIndices?.Dispose();
    }

    /// <summary>Divides queries, in units that the kernels like, and the bank among the threads.</summary>
    private void Distribute(int count, int unit, int most, Action<int, int, int, PrefixSearchScratch> visit, CancellationToken cancellationToken)
    {
        int units = (count + unit - 1) / unit;
        int pieces = (count + most - 1) / most;

        // A whole number of rounds, so that no thread waits long for the last piece.
        pieces = Math.Min(units, (pieces + _threads - 1) / _threads * _threads);
        WorkQueue.Run(
            pieces * _segments,
            _threads,
            () => _index.Rent(_k),
            _index.Return,
            (piece, scratch) =>
            {
                (int part, int segment) = Math.DivRem(piece, _segments);
                int first = (int)((long)units * part / pieces) * unit;
                int end = Math.Min(count, (int)((long)units * (part + 1) / pieces) * unit);
                visit(first, end, segment, scratch);
            },
            cancellationToken);
    }

    private void VisitByImages(int first, int end, int segment, PrefixSearchScratch scratch, CancellationToken cancellationToken)
    {
        int count = end - first;
        int tileQueries = PanelKernel.TileQueries;
        if (_visited >= LeastVisited && _gaveUpCount * 10L >= _visited * 9L)
        {
            _gaveUp.AsSpan(first, count).Fill(1);
            return;
        }

        Interlocked.Add(ref _visited, count);
        scratch.MapQueries(_queries + (long)first * _index.Bank.Columns, count);
        for (int i = 0; i < count; i++)
        {
            scratch.States[i] = scratch.ImageState(i, _queries + (long)(first + i) * _index.Bank.Columns, List(first + i, segment));
        }

        (int startPanel, int endPanel) = Segment(segment);
        bool onePass = (endPanel - startPanel) * _index.PanelRows <= PrefixSearchScratch.ChunkRows;
        if (onePass)
        {
            cancellationToken.ThrowIfCancellationRequested();
            for (int tile = 0; tile < count; tile += tileQueries)
            {
                VisitTile(scratch, first, tile, count, startPanel, endPanel, PrefixEmbedding.ShortWidth, seed: true, visit: true);
            }

            return;
        }

        int chunkPanels = PassRows / _index.PanelRows;
        for (int pass = 0; pass < 2; pass++)
        {
            for (int panel = startPanel; panel < endPanel && _gaveUp.AsSpan(first, count).Contains(0); panel += chunkPanels)
            {
                cancellationToken.ThrowIfCancellationRequested();
                int next = Math.Min(panel + chunkPanels, endPanel);
                for (int tile = 0; tile < count; tile += tileQueries)
                {
                    int columns = pass == 0 ? EstimateColumns : PrefixEmbedding.ShortWidth;
                    VisitTile(scratch, first, tile, count, panel, next, columns, seed: pass == 0 && next == endPanel, visit: pass == 1);
                }
            }
        }
    }

    /// <summary>One tile of queries against consecutive panels: gathers rows to begin with, measures them, visits all, or all of it.</summary>
    private void VisitTile(
        PrefixSearchScratch scratch,
        int first,
        int tile,
        int count,
        int panel,
        int endPanel,
        int columns,
        bool seed,
        bool visit)
    {
        int row = panel * _index.PanelRows;
        int rows = (endPanel - panel) * _index.PanelRows;
        PanelKernel.Run(
            _index.PanelData + (long)row * PrefixEmbedding.ShortWidth,
            Norms + row,
            endPanel - panel,
            scratch.Tiles + tile * PrefixEmbedding.ShortWidth,
            columns,
            PrefixEmbedding.ShortWidth,
            scratch.Bounds,
            PrefixSearchScratch.ChunkRows);
        for (int i = tile; i < Math.Min(count, tile + PanelKernel.TileQueries); i++)
        {
            ref QueryState state = ref scratch.States[i];
            float* bounds = scratch.Bounds + (i - tile) * PrefixSearchScratch.ChunkRows;
            if (scratch.Lengths[i] > PrefixSearchScratch.LongestQuery)
            {
                // What is not excluded gets a bound that holds for any distance.
                for (int j = 0; j < rows; j++)
                {
                    bounds[j] = float.IsPositiveInfinity(Norms[row + j]) ? float.PositiveInfinity : float.MinValue;
                }
            }

            if (seed || !visit)
            {
                state.Gather(row, rows, bounds);
            }

            if (seed)
            {
                state.MeasureSeeds();
            }

            if (visit)
            {
                Visit(ref state, first + i, row, rows, bounds, scratch, scratch.Lengths[i]);
            }
        }
    }

    private void Visit(ref QueryState state, int query, int row, int rows, float* bounds, PrefixSearchScratch scratch, double length)
    {
        bool mayGiveUp = _index.Embedding.Scale == 1 && length <= LongestDenseQuery;
        if (Volatile.Read(ref _gaveUp[query]) == 0 && !state.Visit(row, rows, bounds, scratch.Candidates, mayGiveUp))
        {
            _caps[query] = _segments == 1 ? state.Cap : double.PositiveInfinity;
            Volatile.Write(ref _gaveUp[query], 1);
            Interlocked.Increment(ref _gaveUpCount);
        }
    }

    private void VisitDensely(ReadOnlySpan<int> queries, int segment, PrefixSearchScratch scratch, CancellationToken cancellationToken)
    {
        int columns = _index.Bank.Columns;
        int group = DenseKernel.GroupQueries;
        for (int i = 0; i < queries.Length; i++)
        {
            float* query = _queries + (long)queries[i] * columns;
            scratch.States[i] = scratch.CenterQuery(i, query, _caps[queries[i]], List(queries[i], segment));
        }

        (int startPanel, int endPanel) = Segment(segment);
        int start = startPanel * _index.PanelRows;
        int end = Math.Min(_index.Bank.Rows, endPanel * _index.PanelRows);
        for (int chunk = start; chunk < end; chunk += PrefixSearchScratch.DenseChunkRows)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int rows = Math.Min(PrefixSearchScratch.DenseChunkRows, end - chunk);
            int padded = (rows + _index.PanelRows - 1) / _index.PanelRows * _index.PanelRows;
            for (int block = 0; block < rows; block += PrefixSearchScratch.DenseBlockRows)
            {
                int row = chunk + block;
                for (int i = 0; i < queries.Length; i += group)
                {
                    DenseKernel.Run(
                        _index.Bank.Data + (long)row * columns,
                        Math.Min(PrefixSearchScratch.DenseBlockRows, rows - block),
                        DenseNorms + row,
                        scratch.PackedQueries + (long)i * columns,
                        scratch.Center,
                        columns,
                        scratch.DenseBounds + i * PrefixSearchScratch.DenseChunkRows + block,
                        PrefixSearchScratch.DenseChunkRows);
                }
            }

            for (int i = 0; i < queries.Length; i++)
            {
                float* bounds = scratch.DenseBounds + i * PrefixSearchScratch.DenseChunkRows;
                new Span<float>(bounds + rows, padded - rows).Fill(float.PositiveInfinity);
                if (double.IsPositiveInfinity(scratch.States[i].Cap))
                {
                    scratch.States[i].Gather(chunk, padded, bounds);
                    scratch.States[i].MeasureSeeds();
                }

                scratch.States[i].Visit(chunk, padded, bounds, scratch.Candidates, mayGiveUp: false);
            }
        }
    }

    private (int StartPanel, int EndPanel) Segment(int segment) =>
        ((int)((long)_index.Panels * segment / _segments), (int)((long)_index.Panels * (segment + 1) / _segments));

    private NearestList List(int query, int segment)
    {
        long offset = ((long)segment * _count + query) * _k;
        double* distances = (_partDistances is null ? _distances : _partDistances.Data) + offset;
        int* indices = (_partIndices is null ? _indices : _partIndices.Data) + offset;

        // A part of the bank may have fewer rows than k; what is not filled must not be merged.
        new Span<int>(indices, _k).Fill(-1);
        return new NearestList(distances, indices, _k);
    }

    private void Merge()
    {
        if (_partDistances is null || _partIndices is null)
        {
            return;
        }

        for (int query = 0; query < _count; query++)
        {
            var list = new NearestList(_distances + (long)query * _k, _indices + (long)query * _k, _k);
            for (int segment = 0; segment < _segments; segment++)
            {
                long offset = ((long)segment * _count + query) * _k;
                for (int i = 0; i < _k && _partIndices.Data[offset + i] >= 0; i++)
                {
                    list.Offer(_partDistances.Data[offset + i], _partIndices.Data[offset + i]);
                }
            }
        }
    }

    private AlignedBuffer<float> Mask(float* norms, ReadOnlySpan<int> groups, int excludedGroup)
    {
        int padded = _index.Panels * _index.PanelRows;
        var masked = new AlignedBuffer<float>(padded);
        new ReadOnlySpan<float>(norms, padded).CopyTo(new Span<float>(masked.Data, padded));
        for (int row = 0; row < groups.Length; row++)
        {
            if (groups[row] == excludedGroup)
            {
                masked.Data[row] = float.PositiveInfinity;
            }
        }

        return masked;
    }
}
