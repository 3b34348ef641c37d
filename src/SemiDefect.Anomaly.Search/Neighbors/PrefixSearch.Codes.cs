using System.Numerics;
using System.Runtime.CompilerServices;
using SemiDefect.Anomaly.Search.Kernels;

namespace SemiDefect.Anomaly.Search.Neighbors;

/// <content>The pass by codes.</content>
internal sealed unsafe partial class PrefixSearch
{
    // Each query first searches this many blocks, those with the nearest centers.
    private const int FirstBlocks = 4;

    // All tiles of a piece process these blocks while they are in the L2 cache: 512 KiB.
    private const int GroupsAtOnce = 8;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void VisitByCodes(
        QueryCodes codes,
        int first,
        int end,
        int segment,
        PrefixSearchScratch scratch,
        CancellationToken cancellationToken)
    {
        ReadOnlySpan<int> queries = codes.Order.AsSpan(first, end - first);
        int count = queries.Length;
        if (_visited >= LeastVisited && _gaveUpCount * 10L >= _visited * 9L)
        {
            foreach (int query in queries)
            {
                Volatile.Write(ref _gaveUp[query], 1);
            }

            return;
        }

        Interlocked.Add(ref _visited, count);
        for (int i = 0; i < count; i++)
        {
            float* vector = _queries + (long)queries[i] * _index.Bank.Columns;
            scratch.Pending[i].Count = 0;
            scratch.States[i] = scratch.Place(i, codes, queries[i], vector, List(queries[i], segment));
        }

        for (int tile = 0; tile < count; tile += PanelKernel.TileQueries)
        {
            Begin(scratch, tile, Math.Min(count, tile + PanelKernel.TileQueries));
        }

        (int start, int stop) = Segment(segment);
        for (int group = start; group < stop; group += GroupsAtOnce)
        {
            cancellationToken.ThrowIfCancellationRequested();
            for (int tile = 0; tile < count; tile += PanelKernel.TileQueries)
            {
                int tileEnd = Math.Min(count, tile + PanelKernel.TileQueries);
                VisitTile(scratch, codes, queries[tile..tileEnd], tile, group, Math.Min(stop, group + GroupsAtOnce));
            }
        }

        Settle(codes, queries, scratch);
    }

    /// <summary>
    /// Measures a few rows from the blocks with the nearest centers, which gives each query an initial limit.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Begin(PrefixSearchScratch scratch, int tile, int tileEnd)
    {
        int wanted = Math.Min(FirstBlocks, PrefixSearchScratch.BatchBlocks / PanelKernel.TileQueries);
        Span<SeedList> near = stackalloc SeedList[PanelKernel.TileQueries];
        for (int i = tile; i < tileEnd; i++)
        {
            near[i - tile] = scratch.NearBlocks(i, wanted);
        }

        for (int batch = 0; batch < _index.MiddleBlocks; batch += PrefixSearchScratch.BatchBlocks)
        {
            int blocks = Math.Min(PrefixSearchScratch.BatchBlocks, _index.MiddleBlocks - batch);
            for (int i = 0; i < blocks; i++)
            {
                scratch.Starts[i] = (batch + i) * BlockKernel.BlockRows;
            }

            Bound(scratch, tile, _index.Middles, _index.MiddleNorms, blocks);
            for (int i = tile; i < tileEnd; i++)
            {
                near[i - tile].Gather(
                    scratch.Starts, blocks, scratch.Bounds + (i - tile) * PrefixSearchScratch.BatchRows);
            }
        }

        int chosen = 0;
        for (int i = tile; i < tileEnd; i++)
        {
            for (int j = 0; j < near[i - tile].Count; j++)
            {
                int start = near[i - tile].Positions[j] * BlockKernel.BlockRows;
                if (!new ReadOnlySpan<int>(scratch.Starts, chosen).Contains(start))
                {
                    scratch.Starts[chosen++] = start;
                }
            }
        }

        Bound(scratch, tile, _index.Panels, Norms, chosen);
        for (int i = tile; i < tileEnd; i++)
        {
            scratch.States[i].Gather(
                scratch.Starts, chosen, scratch.Bounds + (i - tile) * PrefixSearchScratch.BatchRows);
            scratch.States[i].PrefetchSeeds();
        }

        for (int i = tile; i < tileEnd; i++)
        {
            scratch.States[i].RankSeeds();
        }

        int* following = stackalloc int[4];
        for (int i = tile; i < tileEnd; i++)
        {
            scratch.States[Math.Min(i + 1, tileEnd - 1)].FirstSeeds(following);
            scratch.States[i].MeasureSeeds(following);
        }
    }

    /// <summary>
    /// Processes a tile of queries against those blocks of some groups that may matter to any of them.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void VisitTile(
        PrefixSearchScratch scratch,
        QueryCodes codes,
        ReadOnlySpan<int> queries,
        int tile,
        int startGroup,
        int endGroup)
    {
        int blocks = 0;
        int coveredFrom = startGroup;
        for (int group = startGroup; group < endGroup; group++)
        {
            uint near = 0;
            for (int i = 0; i < queries.Length; i++)
            {
                int query = queries[i];
                if (Volatile.Read(ref _gaveUp[query]) != 0)
                {
                    continue;
                }

                near |= codes.Length(query) > QueryEmbedding.Longest
                    ? (1u << Math.Min(
                        BlockKernel.GroupBlocks, _index.Blocks.Blocks - group * BlockKernel.GroupBlocks)) - 1
                    : BlockKernel.NearBoxes(
                        _index.Blocks.Boxes(group),
                        codes.Code(query),
                        _index.BlockSlacks + group * BlockKernel.GroupBlocks,
                        scratch.States[tile + i].BoxLimit);
            }

            for (; near != 0; near &= near - 1)
            {
                scratch.Starts[blocks++] =
                    (group * BlockKernel.GroupBlocks + BitOperations.TrailingZeroCount(near)) * BlockKernel.BlockRows;
            }

            if (blocks > PrefixSearchScratch.BatchBlocks - BlockKernel.GroupBlocks || group == endGroup - 1)
            {
                int covered = (group + 1 - coveredFrom) * BlockKernel.GroupBlocks * BlockKernel.BlockRows;
                VisitBatch(scratch, codes, queries, tile, blocks, covered);
                blocks = 0;
                coveredFrom = group + 1;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void VisitBatch(
        PrefixSearchScratch scratch,
        QueryCodes codes,
        ReadOnlySpan<int> queries,
        int tile,
        int blocks,
        int covered)
    {
        if (blocks == 0)
        {
            return;
        }

        Bound(scratch, tile, _index.Panels, Norms, blocks);
        for (int i = 0; i < queries.Length; i++)
        {
            int query = queries[i];
            float* bounds = scratch.Bounds + i * PrefixSearchScratch.BatchRows;
            double length = codes.Length(query);
            if (length > QueryEmbedding.Longest)
            {
                // Rows that are not excluded get a bound that holds for any distance.
                for (int j = 0; j < blocks * BlockKernel.BlockRows; j++)
                {
                    float norm = Norms[scratch.Starts[j / BlockKernel.BlockRows] + j % BlockKernel.BlockRows];
                    bounds[j] = float.IsPositiveInfinity(norm) ? float.PositiveInfinity : float.MinValue;
                }
            }

            if (Volatile.Read(ref _gaveUp[query]) == 0
                && !scratch.States[tile + i].Scan(
                    scratch.Starts,
                    blocks,
                    bounds,
                    covered,
                    scratch.Candidates[i],
                    scratch.Pending[tile + i],
                    MayGiveUp(codes, query)))
            {
                GiveUp(query, scratch.States[tile + i].Cap);
            }
        }

        // By now, the codes of the first candidates are in the cache.
        for (int i = 0; i < queries.Length; i++)
        {
            if (Volatile.Read(ref _gaveUp[queries[i]]) == 0
                && !scratch.States[tile + i].Absorb(
                    scratch.Candidates[i], scratch.Pending[tile + i], MayGiveUp(codes, queries[i])))
            {
                GiveUp(queries[i], scratch.States[tile + i].Cap);
            }

            // Another part of the bank may have given up on the query in the meantime.
            scratch.Candidates[i].Count = 0;
        }
    }

    /// <summary>Measures the rows that the codes could not rule out.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Settle(QueryCodes codes, ReadOnlySpan<int> queries, PrefixSearchScratch scratch)
    {
        for (int i = 0; i < queries.Length; i++)
        {
            scratch.Pending[i].Sort();
        }

        int* following = stackalloc int[4];
        for (int i = 0; i < queries.Length; i++)
        {
            int next = Math.Min(i + 1, queries.Length - 1);
            scratch.States[next].First(scratch.Pending[next], following);
            if (Volatile.Read(ref _gaveUp[queries[i]]) == 0
                && !scratch.States[i].Measure(scratch.Pending[i], following, MayGiveUp(codes, queries[i])))
            {
                GiveUp(queries[i], scratch.States[i].Cap);
            }
        }
    }

    private bool MayGiveUp(QueryCodes codes, int query) =>
        _index.Embedding.Scale == 1 && codes.Length(query) <= LongestDenseQuery;

    private void GiveUp(int query, double cap)
    {
        _caps[query] = cap;
        Volatile.Write(ref _gaveUp[query], 1);
        Interlocked.Increment(ref _gaveUpCount);
    }

    /// <summary>Computes the bounds of a tile of queries for the current blocks.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Bound(PrefixSearchScratch scratch, int tile, short* data, float* norms, int blocks)
    {
        float scale = (float)(2 * _index.Rounding.Step * _index.Rounding.Step);
        for (int i = 0; i < blocks; i++)
        {
            int start = scratch.Starts[i];
            PanelKernel.Run(
                data + (long)start * _index.Blocks.ShortWidth,
                norms + start,
                scratch.Tiles + tile * _index.Blocks.ShortWidth,
                _index.Blocks.ShortWidth,
                scale,
                scratch.Bounds + i * BlockKernel.BlockRows,
                PrefixSearchScratch.BatchRows);
        }
    }
}
