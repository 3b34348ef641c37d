using SemiDefect.Anomaly.Gpu.Devices;
using SemiDefect.Anomaly.Gpu.Kernels;
using SemiDefect.Anomaly.Search.Kernels;
using SemiDefect.Anomaly.Search.Neighbors;
using SemiDefect.Anomaly.Search.Numerics;
using SemiDefect.Anomaly.Search.Threading;

namespace SemiDefect.Anomaly.Gpu.Searching;

/// <summary>
/// Exact search in which a device examines every row and the CPU settles the results. For each query, the device
/// returns a few more rows than requested, sorted by keys that are lower bounds of distances. The CPU measures these
/// rows by <see cref="ExactDistance"/> and uses the last key to prove that no other row matters. If it cannot prove
/// this (because more rows are nearly equidistant than a list holds), or if the device is lost,
/// <see cref="PrefixNearestNeighbors"/> answers the query. The results equal those of the CPU, bit for bit.
/// Thread-safe: one search at a time uses the device. The caller disposes it; the bank is not disposed.
/// </summary>
internal sealed unsafe class DeviceNearestNeighbors : INearestNeighbors
{
    private readonly DeviceSession _session;
    private readonly FeatureMatrix _bank;
    private readonly ReadOnlyMemory<int> _groups;
    private readonly int _threads;
    private readonly SearchSpace _space;
    private readonly ICandidateSource _source;
    private readonly double[] _squares;
    private readonly float[] _norms;
    private readonly Lazy<INearestNeighbors> _cpu;
    private BankFilter _maskedBy;

    /// <summary>Wraps a source of candidates.</summary>
    /// <param name="session">The device.</param>
    /// <param name="bank">The bank, already checked and uploaded to the source.</param>
    /// <param name="groups">The group of each row; may be empty.</param>
    /// <param name="threads">Number of CPU threads, 1 or more.</param>
    /// <param name="space">The search space of the source's keys.</param>
    /// <param name="source">The source; disposed by this search.</param>
    /// <param name="squares">The squared norm of each mapped row.</param>
    public DeviceNearestNeighbors(
        DeviceSession session,
        FeatureMatrix bank,
        ReadOnlyMemory<int> groups,
        int threads,
        SearchSpace space,
        ICandidateSource source,
        double[] squares)
    {
        _session = session;
        _bank = bank;
        _groups = groups;
        _threads = threads;
        _space = space;
        _source = source;
        _squares = squares;
        _norms = new float[(bank.Rows + SearchKernel.PanelRows - 1) / SearchKernel.PanelRows * SearchKernel.PanelRows];
        SetNorms(BankFilter.All);
        _cpu = new Lazy<INearestNeighbors>(() => new PrefixNearestNeighbors(bank, groups, threads));
    }

    /// <inheritdoc/>
    public int Count => _bank.Rows;

    /// <inheritdoc/>
    public int Dimension => _bank.Columns;

    /// <summary>Number of queries that the device could not settle and the CPU answered; for tests.</summary>
    internal long Unsettled { get; private set; }

    /// <summary>Uploads a bank and searches it on the device.</summary>
    /// <returns>
    /// The search, which the caller disposes; null if the device failed and the CPU must do the work.
    /// </returns>
    /// <exception cref="ArgumentException">
    /// The bank is empty or holds NaN or infinity, or the groups do not match it.
    /// </exception>
    /// <exception cref="AcceleratorException">
    /// The device failed or has too little memory, and was requested by name.
    /// </exception>
    public static DeviceNearestNeighbors? TryCreate(
        DeviceSession session,
        FeatureMatrix bank,
        ReadOnlyMemory<int> groups,
        int threads)
    {
        float largest = SearchArguments.CheckBank(bank, groups, threads);
        threads = ThreadCount.Resolve(threads);
        DeviceNearestNeighbors? search = null;
        session.TryUse(() =>
        {
            var space = SearchSpace.Of(bank, largest);
            double[] squares = new double[bank.Rows];
            var source = new DeviceBank(session, bank, space, threads, squares);
            search = new DeviceNearestNeighbors(session, bank, groups, threads, space, source, squares);
        });
        return search;
    }

    /// <inheritdoc/>
    public void Search(
        ReadOnlySpan<float> queries,
        int k,
        Span<double> squaredDistances,
        Span<int> indices,
        BankFilter filter = default,
        CancellationToken cancellationToken = default)
    {
        int count = SearchArguments.Check(this, _groups.Span, queries, k, squaredDistances, indices, filter);
        if (count == 0)
        {
            return;
        }

        filter = _groups.IsEmpty ? BankFilter.All : filter;
        int slots = SearchKernels.SlotsFor(k);
        fixed (float* queryStart = queries)
        fixed (double* distanceStart = squaredDistances)
        fixed (int* indexStart = indices)
        {
            var call = new DeviceSearchCall(
                (nint)queryStart, count, k, (nint)distanceStart, (nint)indexStart, filter, slots);
            bool[] unsettled = new bool[count];
            if (slots == 0 || !_session.TryUse(() => RunBatches(call, unsettled, cancellationToken)))
            {
                _cpu.Value.Search(queries, k, squaredDistances, indices, filter, cancellationToken);
                return;
            }

            AnswerUnsettled(queries, call, unsettled, squaredDistances, indices, cancellationToken);
        }
    }

    /// <summary>Frees the device memory.</summary>
    public void Dispose()
    {
        lock (_session.Gate)
        {
            try
            {
                _source.Dispose();
            }
            catch (Exception) when (_session.IsLost)
            {
                // A lost device cannot free its memory either.
            }
        }

        if (_cpu.IsValueCreated)
        {
            _cpu.Value.Dispose();
        }
    }

    /// <summary>The device works on the next batch while the CPU settles the current one.</summary>
    private void RunBatches(DeviceSearchCall call, bool[] unsettled, CancellationToken cancellationToken)
    {
        if (call.Filter != _maskedBy)
        {
            SetNorms(call.Filter);
        }

        int batch = Math.Min(
            _source.BatchQueries,
            (call.Count + SearchKernel.TileQueries - 1) / SearchKernel.TileQueries * SearchKernel.TileQueries);
        int batches = (call.Count + batch - 1) / batch;
        using var packed = new AlignedBuffer<float>((long)batch * _space.Columns);
        double[][] squares = [new double[batch], new double[batch]];
        float[] keys = new float[call.Slots * batch];
        int[] rows = new int[keys.Length];
        Begin(0);
        for (int i = 0; i < batches; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (i + 1 < batches)
            {
                Begin(i + 1);
            }

            int taken = Math.Min(batch, call.Count - i * batch);
            int tiles = (taken + SearchKernel.TileQueries - 1) / SearchKernel.TileQueries;
            _source.End(
                i % 2,
                keys.AsSpan(0, call.Slots * tiles * SearchKernel.TileQueries),
                rows.AsSpan(0, call.Slots * tiles * SearchKernel.TileQueries));
            Settle(call, i * batch, taken, tiles, squares[i % 2], keys, rows, unsettled, cancellationToken);
        }

        void Begin(int i)
        {
            int first = i * batch;
            int taken = Math.Min(batch, call.Count - first);
            int tiles = (taken + SearchKernel.TileQueries - 1) / SearchKernel.TileQueries;
            PackTiles(call, first, taken, tiles, packed, squares[i % 2]);
            _source.Begin(
                i % 2,
                new ReadOnlySpan<float>(packed.Data, tiles * SearchKernel.TileQueries * _space.Columns),
                tiles,
                call.Slots);
        }
    }

    private void PackTiles(
        DeviceSearchCall call,
        int first,
        int count,
        int tiles,
        AlignedBuffer<float> packed,
        double[] squares) =>
        WorkQueue.Run(
            tiles,
            _threads,
            tile =>
            {
                int start = tile * SearchKernel.TileQueries;
                fixed (double* target = squares)
                {
                    _space.Pack(
                        call.Query(first + start, Dimension),
                        Math.Min(SearchKernel.TileQueries, count - start),
                        SearchKernel.TileQueries,
                        -2,
                        packed.Data + (long)start * _space.Columns,
                        target + start);
                }
            },
            CancellationToken.None);

    private void Settle(
        DeviceSearchCall call,
        int first,
        int count,
        int tiles,
        double[] squares,
        float[] keys,
        int[] rows,
        bool[] unsettled,
        CancellationToken cancellationToken)
    {
        int queries = tiles * SearchKernel.TileQueries;
        WorkQueue.Run(
            tiles,
            _threads,
            tile =>
            {
                int end = Math.Min(count, (tile + 1) * SearchKernel.TileQueries);
                for (int i = tile * SearchKernel.TileQueries; i < end; i++)
                {
                    var candidates = new CandidateList(keys, rows, i, queries, call.Slots);
                    unsettled[first + i] = !TrySettle(call, first + i, squares[i], candidates);
                }
            },
            cancellationToken);
    }

    /// <summary>Measures a query's candidates, and proves that no other row matters.</summary>
    /// <returns>False if other rows may matter.</returns>
    private bool TrySettle(DeviceSearchCall call, int query, double square, CandidateList candidates)
    {
        if (!(square <= SearchSpace.LongestQuery * SearchSpace.LongestQuery))
        {
            return false;
        }

        int k = call.K;
        var list = new NearestList(call.Distances(query), call.Indices(query), k);
        float limit = float.PositiveInfinity;
        int* chosen = stackalloc int[4];
        int* upcoming = stackalloc int[4];
        double* distances = stackalloc double[4];
        int i = 0;
        while (i < candidates.Count && candidates.Row(i) >= 0 && candidates.Key(i) < limit)
        {
            int first = i;
            int most = Math.Min(i < k ? Math.Min(4, k - i) : 4, candidates.Count - i);
            for (; i - first < most && candidates.Row(i) >= 0 && candidates.Key(i) < limit; i++)
            {
                int row = candidates.Row(i);
                if (row >= Count
                    || candidates.Holds(row, i)
                    || (call.Filter != BankFilter.All && !call.Filter.Allows(_groups.Span[row])))
                {
                    throw new DeviceFaultException($"It returned row {row}, which is impossible here");
                }

                chosen[i - first] = row;
            }

            for (int j = 0; j < 4; j++)
            {
                int next = candidates.Row(Math.Min(i + j, candidates.Count - 1));
                upcoming[j] = (uint)next < (uint)Count ? next : chosen[0];
            }

            ExactDistance.Squared(
                call.Query(query, Dimension), _bank.Data, Dimension, chosen, i - first, upcoming, distances);
            for (int j = 0; j < i - first; j++)
            {
                if (!_space.IsPlausible(candidates.Key(first + j), distances[j], square, _squares[chosen[j]]))
                {
                    throw new DeviceFaultException($"It returned a wrong distance to row {chosen[j]}");
                }

                list.Offer(distances[j], chosen[j]);
            }

            limit = double.IsPositiveInfinity(list.Limit) ? float.PositiveInfinity : _space.Limit(list.Limit, square);
        }

        bool complete = i < candidates.Count || candidates.Key(candidates.Count - 1) >= limit;
        if (complete && float.IsPositiveInfinity(limit))
        {
            throw new DeviceFaultException("It returned too few rows");
        }

        return complete;
    }

    private void AnswerUnsettled(
        ReadOnlySpan<float> queries,
        DeviceSearchCall call,
        bool[] unsettled,
        Span<double> squaredDistances,
        Span<int> indices,
        CancellationToken cancellationToken)
    {
        int[] left = [.. Enumerable.Range(0, call.Count).Where(query => unsettled[query])];
        Unsettled += left.Length;
        if (left.Length == 0)
        {
            return;
        }

        float[] vectors = new float[left.Length * Dimension];
        double[] distances = new double[left.Length * call.K];
        int[] found = new int[distances.Length];
        for (int i = 0; i < left.Length; i++)
        {
            queries.Slice(left[i] * Dimension, Dimension).CopyTo(vectors.AsSpan(i * Dimension));
        }

        _cpu.Value.Search(vectors, call.K, distances, found, call.Filter, cancellationToken);
        for (int i = 0; i < left.Length; i++)
        {
            distances.AsSpan(i * call.K, call.K).CopyTo(squaredDistances[(left[i] * call.K)..]);
            found.AsSpan(i * call.K, call.K).CopyTo(indices[(left[i] * call.K)..]);
        }
    }

    private void SetNorms(BankFilter filter)
    {
        Array.Fill(_norms, float.PositiveInfinity);
        for (int row = 0; row < Count; row++)
        {
            if (filter == BankFilter.All || filter.Allows(_groups.Span[row]))
            {
                _norms[row] = (float)_space.Lowered(_squares[row]);
            }
        }

        _source.SetNorms(_norms);
        _maskedBy = filter;
    }
}
