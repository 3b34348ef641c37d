using System.Runtime.InteropServices;
using SemiDefect.Anomaly.Gpu.Searching;
using SemiDefect.Anomaly.Gpu.Tests.Support;
using SemiDefect.Anomaly.Search.Coresets;
using SemiDefect.Anomaly.Search.Neighbors;
using SemiDefect.Anomaly.Search.Numerics;
using SemiDefect.Anomaly.TestSupport;

namespace SemiDefect.Anomaly.Gpu.Tests;

/// <summary>The requirements for every accelerator. The sizes are small enough for the emulator.</summary>
public abstract class AcceleratorTests(AcceleratorKind kind) : IDisposable
{
    private readonly SearchAccelerator _accelerator = AcceleratorChoice.Open(Machine.Find(kind)!.Id)!;

    public void Dispose()
    {
        _accelerator.Dispose();
        GC.SuppressFinalize(this);
    }

    [AcceleratorFact]
    public void Searches_equal_the_flat_search_bit_for_bit_on_data_of_every_kind()
    {
        foreach (string data in HardData.Kinds)
        {
            foreach ((int rows, int columns, int k) in new[] { (550, 21, 5), (130, 3, 50), (1, 8, 1) })
            {
                float[] bank = HardData.Make(data, rows, columns, 7);
                float[] queries =
                    [.. HardData.Make(data, 61, columns, 8), .. bank.AsSpan(0, Math.Min(rows, 9) * columns)];
                AssertEqualsFlat(bank, queries, columns, k, $"{data}, {rows} x {columns}");
            }
        }
    }

    [AcceleratorFact]
    public void Every_number_of_neighbors_is_supported()
    {
        float[] bank = HardData.Make("low rank", 400, 40, 1);
        float[] queries = HardData.Make("low rank", 3, 40, 2);
        foreach (int k in new[] { 1, 8, 9, 22, 23, 50, 51, 400 })
        {
            AssertEqualsFlat(bank, queries, 40, k, $"k {k}");
        }
    }

    [AcceleratorFact]
    public void Queries_unlike_the_bank_are_answered_exactly()
    {
        foreach ((string bankKind, string queryKind)
            in new[] { ("gaussian", "huge"), ("tiny", "gaussian"), ("huge", "denormal"), ("constant", "largest") })
        {
            AssertEqualsFlat(
                HardData.Make(bankKind, 200, 12, 3),
                HardData.Make(queryKind, 20, 12, 4),
                12,
                5,
                $"{queryKind} in {bankKind}");
        }
    }

    [AcceleratorFact]
    public void The_device_settles_most_queries_and_leaves_ties_to_the_CPU()
    {
        Assert.Equal(0, Unsettled("low rank"));
        Assert.Equal(0, Unsettled("gaussian"));
        Assert.Equal(0, Unsettled("far from the origin"));
        Assert.Equal(64, Unsettled("constant"));

        long Unsettled(string data)
        {
            using FeatureMatrix bank = FeatureMatrix.CopyOf(HardData.Make(data, 600, 30, 1), 600, 30);
            using var search = (DeviceNearestNeighbors)_accelerator.CreateSearch(bank, default, 2);
            search.Search(HardData.Make(data, 64, 30, 2), 3, new double[64 * 3], new int[64 * 3]);
            return search.Unsettled;
        }
    }

    [AcceleratorFact]
    public void Rows_of_the_excluded_group_are_ignored_whatever_was_excluded_before()
    {
        float[] values = HardData.Make("clustered", 300, 17, 5);
        int[] groups = [.. Enumerable.Range(0, 300).Select(row => row % 3)];
        using FeatureMatrix bank = FeatureMatrix.CopyOf(values, 300, 17);
        using var flat = new FlatNearestNeighbors(bank, groups);
        using INearestNeighbors search = _accelerator.CreateSearch(bank, groups, 2);
        float[] queries = values[..(40 * 17)];
        foreach (int excluded in new[] { -1, 1, 2, 7, -1 })
        {
            Assert.Equal(Answer(flat, queries, 4, excluded), Answer(search, queries, 4, excluded));
        }
    }

    [AcceleratorFact]
    public void Queries_beyond_the_batch_size_are_answered_in_several_batches()
    {
        float[] queries = HardData.Make("low rank", DeviceBank.UsualQueries + 70, 8, 6);
        AssertEqualsFlat(HardData.Make("low rank", 150, 8, 5), queries, 8, 2, "batches");
    }

    [AcceleratorFact]
    public void Concurrent_searches_do_not_interfere()
    {
        float[] queries = HardData.Make("low rank", 66, 12, 6);
        using FeatureMatrix bank = FeatureMatrix.CopyOf(HardData.Make("low rank", 300, 12, 5), 300, 12);
        using var flat = new FlatNearestNeighbors(bank);
        using INearestNeighbors search = _accelerator.CreateSearch(bank, default, 1);
        byte[] expected = Answer(flat, queries, 3);
        Parallel.For(0, 6, _ => Assert.Equal(expected, Answer(search, queries, 3)));
    }

    [AcceleratorFact]
    public void Non_finite_values_and_mismatched_sizes_are_rejected()
    {
        using FeatureMatrix poisoned = FeatureMatrix.CopyOf([1, float.NaN], 1, 2);
        Assert.Throws<ArgumentException>(() => _accelerator.CreateSearch(poisoned, default, 1));
        using FeatureMatrix bank = FeatureMatrix.Allocate(4, 3);
        using INearestNeighbors search = _accelerator.CreateSearch(bank, default, 1);
        Assert.Throws<ArgumentException>(
            () => search.Search([1, 2, float.PositiveInfinity], 1, new double[1], new int[1]));
        Assert.Throws<ArgumentException>(() => search.Search(new float[4], 1, new double[1], new int[1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => search.Search(new float[3], 5, new double[5], new int[5]));
        search.Search([], 1, [], []);
    }

    [AcceleratorFact]
    public void A_canceled_search_stops_and_the_device_remains_usable()
    {
        using FeatureMatrix bank = FeatureMatrix.CopyOf(HardData.Make("gaussian", 50, 20, 1), 50, 20);
        using INearestNeighbors search = _accelerator.CreateSearch(bank, default, 1);
        var canceled = new CancellationToken(canceled: true);
        Assert.ThrowsAny<OperationCanceledException>(
            () => search.Search(new float[20], 1, new double[1], new int[1], BankFilter.All, canceled));
        AssertEqualsFlat(HardData.Make("gaussian", 50, 20, 1), new float[20], 20, 1, "afterwards");
    }

    [AcceleratorFact]
    public void Coresets_equal_those_of_the_CPU_on_data_of_every_kind()
    {
        foreach (string data in HardData.Kinds)
        {
            using FeatureMatrix features = FeatureMatrix.CopyOf(HardData.Make(data, 250, 40, 9), 250, 40);
            AssertSamePicks(features, new CoresetOptions(count: 12), data);
        }

        using FeatureMatrix more = FeatureMatrix.CopyOf(HardData.Make("low rank", 1200, 90, 9), 1200, 90);
        AssertSamePicks(more, new CoresetOptions(count: 20, method: CoresetMethod.Approximate), "approximate");
        AssertSamePicks(more, new CoresetOptions(count: 20, projectionDimension: 16), "projected");
        AssertSamePicks(
            more,
            new CoresetOptions(coveringRadius: Coreset.Select(more, new CoresetOptions(count: 20)).CoveringRadius),
            "by radius");
    }

    private void AssertSamePicks(FeatureMatrix features, CoresetOptions options, string what)
    {
        CoresetSelection expected = Coreset.Select(features, options);
        CoresetSelection selection = Coreset.Select(features, options with { Accelerator = _accelerator });
        Assert.True(expected.Indices.AsSpan().SequenceEqual(selection.Indices), what);
        Assert.Equal(expected.CoveringRadius, selection.CoveringRadius);
    }

    private void AssertEqualsFlat(float[] values, float[] queries, int columns, int k, string what)
    {
        using FeatureMatrix bank = FeatureMatrix.CopyOf(values, values.Length / columns, columns);
        using var flat = new FlatNearestNeighbors(bank);
        using INearestNeighbors search = _accelerator.CreateSearch(bank, default, 2);
        Assert.IsType<DeviceNearestNeighbors>(search);
        Assert.True(Answer(flat, queries, k).AsSpan().SequenceEqual(Answer(search, queries, k)), what);
    }

    private static byte[] Answer(INearestNeighbors search, float[] queries, int k, int excludedGroup = -1)
    {
        int count = queries.Length / search.Dimension;
        double[] distances = new double[count * k];
        int[] indices = new int[count * k];
        BankFilter filter = excludedGroup < 0 ? BankFilter.All : BankFilter.Without(excludedGroup);
        search.Search(queries, k, distances, indices, filter);
        return [.. MemoryMarshal.AsBytes(distances.AsSpan()), .. MemoryMarshal.AsBytes(indices.AsSpan())];
    }
}
