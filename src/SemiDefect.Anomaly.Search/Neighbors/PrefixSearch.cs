using System.Runtime.CompilerServices;
using SemiDefect.Anomaly.Search.Kernels;
using SemiDefect.Anomaly.Search.Threading;

namespace SemiDefect.Anomaly.Search.Neighbors;

/// <summary>
/// One call of <see cref="PrefixNearestNeighbors"/>: first, every query is searched by its code; then, queries for
/// which the codes discard too little are searched by the dense kernel. Both passes split the work into (some queries)
/// x (a part of the bank) per thread. If the bank is divided, each part has its own list, and the lists are merged at
/// the end. Not thread-safe.
/// </summary>
internal sealed unsafe partial class PrefixSearch : IDisposable
{
    private const int LeastGroupsPerSegment = 2;
    private const int LeastRounds = 8;

    // After this many queries, the others skip the codes if nine in ten have given up.
    private const int LeastVisited = 48;

    // The largest norm that the dense kernel can square within the range of float32.
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
        BankFilter filter,
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
        _segments = Math.Max(1, Math.Min((threads + tiles - 1) / tiles, index.Blocks.Groups / LeastGroupsPerSegment));
        if (_segments > 1)
        {
            _partDistances = new AlignedBuffer<double>((long)_segments * count * k);
            _partIndices = new AlignedBuffer<int>((long)_segments * count * k);
        }

        if (filter != BankFilter.All && !groups.IsEmpty)
        {
            _maskedNorms = Mask(index.Norms, index.Blocks.Order, groups, filter);
            _maskedDenseNorms = Mask(index.DenseNorms, null, groups, filter);
        }
    }

    private float* Norms => _maskedNorms is null ? _index.Norms : _maskedNorms.Data;

    private float* DenseNorms => _maskedDenseNorms is null ? _index.DenseNorms : _maskedDenseNorms.Data;

    /// <summary>Searches.</summary>
    public void Run(CancellationToken cancellationToken)
    {
        using var codes = new QueryCodes(_index, _queries, _count, _k, _threads, cancellationToken);
        Distribute(
            _count,
            PanelKernel.TileQueries,
            PrefixSearchScratch.CodeQueries,
            (first, end, segment, scratch) => VisitByCodes(codes, first, end, segment, scratch, cancellationToken),
            cancellationToken);
        int[] rest = [.. codes.Order.Where(query => _gaveUp[query] != 0)];
        if (rest.Length > 0)
        {
            Distribute(
                rest.Length,
                DenseKernel.GroupQueries,
                PrefixSearchScratch.DenseQueries,
                (first, end, segment, scratch) =>
                    VisitDensely(rest.AsSpan(first, end - first), segment, scratch, cancellationToken),
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

    /// <summary>Divides the queries (in units that suit the kernels) and the bank among the threads.</summary>
    private void Distribute(
        int count,
        int unit,
        int most,
        Action<int, int, int, PrefixSearchScratch> visit,
        CancellationToken cancellationToken)
    {
        int units = (count + unit - 1) / unit;
        int pieces = (count + most - 1) / most;

        // Several rounds, so that no thread waits long for the last piece.
        pieces = Math.Min(units, Math.Max((pieces + _threads - 1) / _threads, LeastRounds) * _threads);
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

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void VisitDensely(
        ReadOnlySpan<int> queries,
        int segment,
        PrefixSearchScratch scratch,
        CancellationToken cancellationToken)
    {
        int columns = _index.Bank.Columns;
        int group = DenseKernel.GroupQueries;
        for (int i = 0; i < queries.Length; i++)
        {
            float* query = _queries + (long)queries[i] * columns;
            scratch.States[i] = scratch.CenterQuery(i, query, _caps[queries[i]], List(queries[i], segment));
        }

        (int startGroup, int endGroup) = Segment(segment);
        int start = startGroup * BlockKernel.GroupBlocks * BlockKernel.BlockRows;
        int end = Math.Min(_index.Bank.Rows, endGroup * BlockKernel.GroupBlocks * BlockKernel.BlockRows);
        for (int chunk = start; chunk < end; chunk += PrefixSearchScratch.DenseChunkRows)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int rows = Math.Min(PrefixSearchScratch.DenseChunkRows, end - chunk);
            int blocks = (rows + BlockKernel.BlockRows - 1) / BlockKernel.BlockRows;
            for (int i = 0; i < blocks; i++)
            {
                scratch.Starts[i] = chunk + i * BlockKernel.BlockRows;
            }

            for (int part = 0; part < rows; part += PrefixSearchScratch.DenseBlockRows)
            {
                int row = chunk + part;
                for (int i = 0; i < queries.Length; i += group)
                {
                    DenseKernel.Run(
                        _index.Bank.Data + (long)row * columns,
                        Math.Min(PrefixSearchScratch.DenseBlockRows, rows - part),
                        DenseNorms + row,
                        scratch.PackedQueries + (long)i * columns,
                        scratch.Center,
                        columns,
                        scratch.DenseBounds + i * PrefixSearchScratch.DenseChunkRows + part,
                        PrefixSearchScratch.DenseChunkRows);
                }
            }

            for (int i = 0; i < queries.Length; i++)
            {
                ref QueryState state = ref scratch.States[i];
                float* bounds = scratch.DenseBounds + i * PrefixSearchScratch.DenseChunkRows;
                new Span<float>(bounds + rows, blocks * BlockKernel.BlockRows - rows).Fill(float.PositiveInfinity);
                if (double.IsPositiveInfinity(state.Cap))
                {
                    state.Gather(scratch.Starts, blocks, bounds);
                    state.MeasureSeeds(following: null);
                }

                Candidates candidates = scratch.Candidates[0];
                state.Scan(scratch.Starts, blocks, bounds, rows, candidates, pending: null, mayGiveUp: false);
                state.Absorb(candidates, pending: null, mayGiveUp: false);
            }
        }
    }

    private (int Start, int End) Segment(int segment) =>
        (
            (int)((long)_index.Blocks.Groups * segment / _segments),
            (int)((long)_index.Blocks.Groups * (segment + 1) / _segments));

    private NearestList List(int query, int segment)
    {
        long offset = ((long)segment * _count + query) * _k;
        double* distances = (_partDistances is null ? _distances : _partDistances.Data) + offset;
        int* indices = (_partIndices is null ? _indices : _partIndices.Data) + offset;

        // A part of the bank may have fewer rows than k; unfilled entries must not be merged.
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

    private AlignedBuffer<float> Mask(float* norms, int[]? order, ReadOnlySpan<int> groups, BankFilter filter)
    {
        int padded = _index.Blocks.Blocks * BlockKernel.BlockRows;
        var masked = new AlignedBuffer<float>(padded);
        new ReadOnlySpan<float>(norms, padded).CopyTo(new Span<float>(masked.Data, padded));
        for (int position = 0; position < groups.Length; position++)
        {
            if (!filter.Allows(groups[order is null ? position : order[position]]))
            {
                masked.Data[position] = float.PositiveInfinity;
            }
        }

        return masked;
    }
}
