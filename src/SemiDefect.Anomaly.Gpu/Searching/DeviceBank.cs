using System.Runtime.InteropServices;
using ILGPU;
using ILGPU.Runtime;
using SemiDefect.Anomaly.Gpu.Devices;
using SemiDefect.Anomaly.Gpu.Kernels;
using SemiDefect.Anomaly.Search.Kernels;
using SemiDefect.Anomaly.Search.Numerics;
using SemiDefect.Anomaly.Search.Threading;

namespace SemiDefect.Anomaly.Gpu.Searching;

/// <summary>
/// A bank in the memory of a device, uploaded once. Device memory: rows (padded to 128) x columns (padded to 8) x 4
/// bytes for the bank, and two batches of queries with their lists, some tens of MiB; the host holds 8 MiB more during
/// the upload. Not thread-safe. The owner disposes it, which frees the device memory.
/// </summary>
internal sealed unsafe class DeviceBank : ICandidateSource
{
    /// <summary>
    /// Number of queries in a batch if there are enough: this keeps the device busy while the CPU settles the previous
    /// batch.
    /// </summary>
    public const int UsualQueries = 2048;

    private const int MostSlots = 64;

    // A launch stays below this many multiply-adds: half a second on a device with one teraflop, so that no display
    // driver considers it hung.
    private const long MostMultiplyAdds = 1L << 38;

    // So that the lists of a part settle long before its end.
    private const int LeastPanelsPerPart = 2;
    private const int Waves = 2;
    private const long UploadValues = 1 << 21;

    private readonly DeviceSession _session;
    private readonly int _panels;
    private readonly int _chunks;
    private readonly MemoryBuffer1D<Quad, Stride1D.Dense> _bank;
    private readonly MemoryBuffer1D<Quad, Stride1D.Dense> _norms;
    private readonly Lane[] _lanes = new Lane[2];

    /// <summary>Uploads a bank.</summary>
    /// <param name="session">The device.</param>
    /// <param name="bank">The bank; all values finite.</param>
    /// <param name="space">The search space of the bank.</param>
    /// <param name="threads">Number of threads for packing.</param>
    /// <param name="squares">Receives the squared norm of each mapped row.</param>
    /// <param name="mostQueries">The maximum number of queries in a batch, a multiple of a tile.</param>
    /// <exception cref="AcceleratorException">The bank does not fit the memory of the device.</exception>
    public DeviceBank(
        DeviceSession session,
        FeatureMatrix bank,
        SearchSpace space,
        int threads,
        double[] squares,
        int mostQueries = UsualQueries)
    {
        _session = session;
        _panels = (bank.Rows + SearchKernel.PanelRows - 1) / SearchKernel.PanelRows;
        _chunks = space.Columns / SearchKernel.ChunkColumns;
        BatchQueries = (int)Math.Clamp(
            MostMultiplyAdds / ((long)_panels * SearchKernel.PanelRows * space.Columns),
            SearchKernel.TileQueries,
            mostQueries)
            / SearchKernel.TileQueries * SearchKernel.TileQueries;
        long panelValues = (long)space.Columns * SearchKernel.PanelRows;
        long lists =
            Math.Max(BatchQueries / SearchKernel.TileQueries, TargetGroups) * MostSlots * SearchKernel.TileQueries
                + BatchQueries * MostSlots;
        session.RequireMemory(
            4 * (_panels * (panelValues + SearchKernel.PanelRows)
                + _lanes.Length * ((long)BatchQueries * space.Columns + 2 * lists)),
            $"a memory bank of {bank.Rows} x {bank.Columns}");
        try
        {
            _bank = session.Accelerator.Allocate1D<Quad>(_panels * panelValues / 4);
            _norms = session.Accelerator.Allocate1D<Quad>((long)_panels * SearchKernel.PanelRows / 4);
            for (int lane = 0; lane < _lanes.Length; lane++)
            {
                _lanes[lane] = new Lane(session.Accelerator.CreateStream());
            }

            Upload(bank, space, threads, squares);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public int BatchQueries { get; }

    // Twice as many groups as run concurrently: a multiprocessor that finishes early still has work to do.
    private long TargetGroups => Waves * SearchKernel.GroupsPerMultiprocessor * _session.Accelerator.NumMultiprocessors;

    /// <inheritdoc/>
    public void SetNorms(ReadOnlySpan<float> norms)
    {
        CopyIn(_norms.View, _lanes[0].Stream, MemoryMarshal.Cast<float, Quad>(norms));
        _lanes[0].Stream.Synchronize();
    }

    /// <inheritdoc/>
    public void Begin(int lane, ReadOnlySpan<float> queries, int tiles, int slots)
    {
        Lane used = _lanes[lane];
        int parts = (int)Math.Clamp(TargetGroups / tiles, 1, Math.Max(1, _panels / LeastPanelsPerPart));
        int panelsPerPart = (_panels + parts - 1) / parts;
        parts = (_panels + panelsPerPart - 1) / panelsPerPart;
        int queryCount = tiles * SearchKernel.TileQueries;
        used.Reserve(
            _session.Accelerator, queries.Length / 4, (long)parts * slots * queryCount, (long)slots * queryCount);
        used.Length = slots * queryCount;
        CopyIn(used.Queries!.View, used.Stream, MemoryMarshal.Cast<float, Quad>(queries));
        SearchKernels kernels = _session.SearchKernels(slots);
        bool merge = parts > 1;
        kernels.Search(
            used.Stream,
            new KernelConfig(tiles * parts, SearchKernel.GroupSize),
            used.Queries.View.BaseView,
            _bank.View.BaseView,
            _norms.View.BaseView,
            (merge ? used.PartKeys! : used.Keys!).View.BaseView,
            (merge ? used.PartRows! : used.Rows!).View.BaseView,
            tiles,
            _panels,
            panelsPerPart,
            _chunks);
        if (merge)
        {
            kernels.Merge(
                used.Stream,
                new KernelConfig(tiles, SearchKernel.TileQueries),
                used.PartKeys!.View.BaseView,
                used.PartRows!.View.BaseView,
                used.Keys!.View.BaseView,
                used.Rows!.View.BaseView,
                tiles,
                parts);
        }
    }

    /// <inheritdoc/>
    public void End(int lane, Span<float> keys, Span<int> rows)
    {
        Lane used = _lanes[lane];
        used.Keys!.View.SubView(0, used.Length)
            .CopyToCPU(used.Stream, ref MemoryMarshal.GetReference(keys), used.Length);
        used.Rows!.View.SubView(0, used.Length)
            .CopyToCPU(used.Stream, ref MemoryMarshal.GetReference(rows), used.Length);
        used.Stream.Synchronize();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Lane? lane in _lanes)
        {
            lane?.Dispose();
        }

        _norms?.Dispose();
        _bank?.Dispose();
    }

    private static void CopyIn(
        ArrayView1D<Quad, Stride1D.Dense> target,
        AcceleratorStream stream,
        ReadOnlySpan<Quad> source) =>
        target.SubView(0, source.Length).CopyFromCPU(stream, ref MemoryMarshal.GetReference(source), source.Length);

    private void Upload(
        FeatureMatrix bank,
        SearchSpace space,
        int threads,
        double[] squares,
        int mostQueries = UsualQueries)
    {
        int panelValues = space.Columns * SearchKernel.PanelRows;
        int panelsAtOnce = (int)Math.Clamp(UploadValues / panelValues, 1, _panels);
        using var packed = new AlignedBuffer<float>((long)panelsAtOnce * panelValues);
        for (int start = 0; start < _panels; start += panelsAtOnce)
        {
            int count = Math.Min(panelsAtOnce, _panels - start);
            fixed (double* squareStart = squares)
            {
                nint squareAddress = (nint)squareStart;
                int first = start;
                WorkQueue.Run(
                    count,
                    threads,
                    panel =>
                    {
                        int row = (first + panel) * SearchKernel.PanelRows;
                        space.Pack(
                            bank.Data + (long)row * bank.Columns,
                            Math.Min(SearchKernel.PanelRows, bank.Rows - row),
                            SearchKernel.PanelRows,
                            1,
                            packed.Data + (long)panel * panelValues,
                            (double*)squareAddress + row);
                    },
                    CancellationToken.None);
            }

            _bank.View.SubView((long)start * panelValues / 4, (long)count * panelValues / 4)
                .CopyFromCPU(_lanes[0].Stream, ref *(Quad*)packed.Data, (long)count * panelValues / 4);
            _lanes[0].Stream.Synchronize();
        }
    }

    /// <summary>The buffers of one batch in progress; they grow to the size of the largest batch.</summary>
    private sealed class Lane(AcceleratorStream stream) : IDisposable
    {
        public AcceleratorStream Stream { get; } = stream;

        public MemoryBuffer1D<Quad, Stride1D.Dense>? Queries { get; private set; }

        public MemoryBuffer1D<float, Stride1D.Dense>? PartKeys { get; private set; }

        public MemoryBuffer1D<int, Stride1D.Dense>? PartRows { get; private set; }

        public MemoryBuffer1D<float, Stride1D.Dense>? Keys { get; private set; }

        public MemoryBuffer1D<int, Stride1D.Dense>? Rows { get; private set; }

        public int Length { get; set; }

        public void Reserve(Accelerator accelerator, long queries, long partLists, long lists)
        {
            Queries = Grow(accelerator, Queries, queries);
            PartKeys = Grow(accelerator, PartKeys, partLists);
            PartRows = Grow(accelerator, PartRows, partLists);
            Keys = Grow(accelerator, Keys, lists);
            Rows = Grow(accelerator, Rows, lists);
        }

        public void Dispose()
        {
            Queries?.Dispose();
            PartKeys?.Dispose();
            PartRows?.Dispose();
            Keys?.Dispose();
            Rows?.Dispose();
            Stream.Dispose();
        }

        private static MemoryBuffer1D<T, Stride1D.Dense> Grow<T>(
            Accelerator accelerator,
            MemoryBuffer1D<T, Stride1D.Dense>? buffer,
            long length)
            where T : unmanaged
        {
            if (buffer is not null && buffer.Length >= length)
            {
                return buffer;
            }

            buffer?.Dispose();
            return accelerator.Allocate1D<T>(length);
        }
    }
}
