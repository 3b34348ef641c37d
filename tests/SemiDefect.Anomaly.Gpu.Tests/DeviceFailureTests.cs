using SemiDefect.Anomaly.Gpu.Devices;
using SemiDefect.Anomaly.Gpu.Kernels;
using SemiDefect.Anomaly.Gpu.Searching;
using SemiDefect.Anomaly.Gpu.Selecting;
using SemiDefect.Anomaly.Gpu.Tests.Support;
using SemiDefect.Anomaly.Search.Coresets;
using SemiDefect.Anomaly.Search.Neighbors;
using SemiDefect.Anomaly.Search.Numerics;
using SemiDefect.Anomaly.TestSupport;

namespace SemiDefect.Anomaly.Gpu.Tests;

/// <summary>A device that is too small, is lost in the middle of a run, or computes wrong results.</summary>
[Trait("Speed", "Slow")]
public sealed class DeviceFailureTests : IDisposable
{
    private const int Rows = 300;
    private const int Columns = 12;

    private readonly ListLogger _log = new();
    private readonly FeatureMatrix _bank =
        FeatureMatrix.CopyOf(HardData.Make("low rank", Rows, Columns, 1), Rows, Columns);
    private readonly float[] _queries = HardData.Make("low rank", 3 * SearchKernel.TileQueries + 30, Columns, 2);

    public void Dispose() => _bank.Dispose();

    [Fact]
    public void With_auto_the_CPU_takes_over_from_a_lost_device_with_one_notice()
    {
        using DeviceSession session = Open(mayFallBack: true);
        using DeviceNearestNeighbors search =
            Search(session, 1, (_, _) => throw new InvalidOperationException("The device is lost.\nReally."));
        for (int run = 0; run < 2; run++)
        {
            (double[] distances, int[] indices) = Answer(search);
            AssertExact(distances, indices);
        }

        Assert.True(session.IsLost);
        Assert.Equal(
            "the CPU, emulating a GPU (emulated) failed: The device is lost. Really. Continuing on the CPU, with the "
                + "same results.",
            Assert.Single(_log.Lines));
    }

    [Fact]
    public void Losing_a_device_requested_by_name_is_a_one_line_error()
    {
        using DeviceSession session = Open(mayFallBack: false);
        using DeviceNearestNeighbors search =
            Search(session, 0, (_, _) => throw new InvalidOperationException("The device is lost."));
        AcceleratorException error = Assert.Throws<AcceleratorException>(() => Answer(search));
        Assert.Equal(
            "the CPU, emulating a GPU (emulated) failed: The device is lost. Use --search-device cpu or auto, or "
                + "repair the driver ('semidefect doctor' tests it).",
            error.Message);
        Assert.Empty(_log.Lines);
    }

    [Theory]
    [InlineData("distance")]
    [InlineData("row")]
    [InlineData("twice")]
    [InlineData("none")]
    [InlineData("infinite")]
    public void A_device_that_computes_wrong_results_is_detected(string fault)
    {
        using DeviceSession session = Open(mayFallBack: true);
        using DeviceNearestNeighbors search = Search(session, 0, Spoil);
        (double[] distances, int[] indices) = Answer(search);
        AssertExact(distances, indices);
        Assert.True(session.IsLost);
        Assert.Single(_log.Lines);

        void Spoil(float[] keys, int[] rows)
        {
            int queries = keys.Length / 16;
            switch (fault)
            {
                case "distance":
                    keys[5] -= Math.Max(1, Math.Abs(keys[5]));
                    break;
                case "row":
                    rows[5] = Rows;
                    break;
                case "twice":
                    rows[queries + 5] = rows[5];
                    keys[queries + 5] = keys[5];
                    break;
                case "none":
                    rows[5] = -1;
                    break;
                default:
                    keys[5] = float.NaN;
                    break;
            }
        }
    }

    [Fact]
    public void A_bank_that_exceeds_the_memory_is_rejected_before_allocation()
    {
        using DeviceSession explicitly = Open(mayFallBack: false);
        AcceleratorException error = Assert.Throws<AcceleratorException>(
            () => explicitly.TryUse(() => explicitly.RequireMemory(long.MaxValue, "a memory bank of 9 x 9")));
        Assert.StartsWith(
            "the CPU, emulating a GPU (emulated) is too small for a memory bank of 9 x 9: 8796093022208 MiB are needed "
                + "and ",
            error.Message,
            StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);

        using DeviceSession automatic = Open(mayFallBack: true);
        Assert.False(automatic.TryUse(() => automatic.RequireMemory(long.MaxValue, "a memory bank of 9 x 9")));
        Assert.Single(_log.Lines);
        using INearestNeighbors search = new DeviceAccelerator(automatic).CreateSearch(_bank, default, 1);
        Assert.IsType<PrefixNearestNeighbors>(search);
    }

    [Fact]
    public void A_coreset_whose_device_is_lost_continues_on_the_CPU()
    {
        using DeviceSession session = Open(mayFallBack: true);
        using var accelerator = new LosingAccelerator(session, lostAfter: 7);
        var options = new CoresetOptions(count: 40);
        int[] expected = Coreset.Select(_bank, options).Indices;
        Assert.Equal(expected, Coreset.Select(_bank, options with { Accelerator = accelerator }).Indices);
        Assert.Equal(7, accelerator.Asked);
    }

    private DeviceSession Open(bool mayFallBack) =>
        DeviceCatalog.Open(
            emulated: true, device => device.Kind == AcceleratorKind.Emulated, mayFallBack, _log)!;

    private DeviceNearestNeighbors Search(DeviceSession session, int firstBatch, Action<float[], int[]> spoil)
    {
        SearchSpace space = SearchSpace.Of(_bank, 10);
        double[] squares = new double[Rows];
        var source = new FaultySource(
            new DeviceBank(session, _bank, space, 1, squares, SearchKernel.TileQueries), firstBatch, spoil);
        return new DeviceNearestNeighbors(session, _bank, default, 1, space, source, squares);
    }

    private (double[] Distances, int[] Indices) Answer(INearestNeighbors search)
    {
        int count = _queries.Length / Columns;
        double[] distances = new double[count * 2];
        int[] indices = new int[count * 2];
        search.Search(_queries, 2, distances, indices);
        return (distances, indices);
    }

    private void AssertExact(double[] distances, int[] indices)
    {
        using var flat = new FlatNearestNeighbors(_bank);
        (double[] expectedDistances, int[] expectedIndices) = Answer(flat);
        Assert.Equal(expectedDistances, distances);
        Assert.Equal(expectedIndices, indices);
    }

    /// <summary>Finds rows near a pick until it is lost.</summary>
    private sealed class LosingAccelerator(DeviceSession session, int lostAfter) : SearchAccelerator, ICenterFilter
    {
        private DeviceCenterFilter? _inner;

        public int Asked { get; private set; }

        public override string Name => "losing";

        public override INearestNeighbors CreateSearch(FeatureMatrix bank, ReadOnlyMemory<int> groups, int threads) =>
            throw new NotSupportedException();

        public bool TryReset(ReadOnlySpan<float> limits) => _inner!.TryReset(limits);

        public bool TryFindNear(
            int pick,
            float extra,
            ReadOnlySpan<int> positions,
            ReadOnlySpan<float> limits,
            out ReadOnlyMemory<int> near)
        {
            near = default;
            if (Asked == lostAfter)
            {
                return false;
            }

            Asked++;
            return _inner!.TryFindNear(pick, extra, positions, limits, out near);
        }

        internal override ICenterFilter? CreateCenterFilter(BlockIndex index)
        {
            _inner = DeviceCenterFilter.TryCreate(session, index);
            return this;
        }

        protected override void Dispose(bool disposing)
        {
            _inner?.Dispose();
            base.Dispose(disposing);
        }
    }
}
