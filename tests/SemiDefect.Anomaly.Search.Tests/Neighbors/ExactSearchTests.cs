using System.Runtime.InteropServices;
using CsCheck;
using SemiDefect.Anomaly.Search.Neighbors;
using SemiDefect.Anomaly.Search.Numerics;
using SemiDefect.Anomaly.TestSupport;

namespace SemiDefect.Anomaly.Search.Tests.Neighbors;

public class ExactSearchTests
{
    private static readonly Gen<string> AnyKind = Gen.Int[0, HardData.Kinds.Count - 1].Select(i => HardData.Kinds[i]);

    public static TheoryData<string> Kinds => [.. HardData.Kinds];

    [Theory]
    [Trait("Speed", "Slow")]
    [MemberData(nameof(Kinds))]
    public void Both_searches_equal_brute_force_on_data_of_every_kind(string kind) =>
        Gen.Select(Gen.Int[1, 400], Gen.Int[1, 130], Gen.Int[1, 50], Gen.ULong).Sample(
            (rows, columns, k, seed) =>
            {
                float[] bank = HardData.Make(kind, rows, columns, seed);
                float[] queries =
                    [.. HardData.Make(kind, 17, columns, seed + 1), .. bank.AsSpan(0, Math.Min(rows, 9) * columns)];
                AssertEqualsBruteForce(bank, queries, columns, Math.Min(k, rows));
            },
            iter: 12,
            threads: 1);

    [Fact]
    [Trait("Speed", "Slow")]
    public void Queries_unlike_the_bank_are_answered_exactly() =>
        Gen.Select(AnyKind, AnyKind, Gen.Int[1, 300], Gen.Int[1, 100], Gen.ULong).Sample(
            (bankKind, queryKind, rows, columns, seed) =>
                AssertEqualsBruteForce(
                    HardData.Make(bankKind, rows, columns, seed),
                    HardData.Make(queryKind, 30, columns, seed + 1),
                    columns,
                    Math.Min(5, rows)),
            iter: 150,
            threads: 1);

    [Theory]
    [InlineData("gaussian", 5000, 300)]
    [InlineData("low rank", 9000, 160)]
    [InlineData("low rank", 17000, 150)]
    [InlineData("clustered", 16500, 200)]
    [InlineData("clustered", 5000, 160)]
    [InlineData("grid", 5000, 96)]
    [Trait("Speed", "Slow")]
    public void Large_banks_equal_the_flat_search_bit_for_bit(string kind, int rows, int columns)
    {
        using FeatureMatrix bank = FeatureMatrix.CopyOf(HardData.Make(kind, rows, columns, 3), rows, columns);
        float[] queries = HardData.Make(kind, 205, columns, 4);
        using var flat = new FlatNearestNeighbors(bank);
        using var prefix = new PrefixNearestNeighbors(bank);
        foreach (int k in new[] { 1, 5, 50 })
        {
            Assert.Equal(Answer(flat, queries, k), Answer(prefix, queries, k));
        }
    }

    [Fact]
    public void Rows_of_the_excluded_group_are_ignored() =>
        Gen.Select(AnyKind, Gen.Int[10, 300], Gen.Int[1, 80], Gen.Int[1, 5], Gen.ULong).Sample(
            (kind, rows, columns, k, seed) =>
            {
                float[] bank = HardData.Make(kind, rows, columns, seed);
                int[] groups = [.. Enumerable.Range(0, rows).Select(row => row % 5)];
                float[] queries = bank[..(10 * columns)];
                using FeatureMatrix matrix = FeatureMatrix.CopyOf(bank, rows, columns);
                using var flat = new FlatNearestNeighbors(matrix, groups);
                using var prefix = new PrefixNearestNeighbors(matrix, groups);
                (double[] distances, int[] indices) = BruteForce.Search(bank, queries, columns, k, groups, 2);
                AssertAnswer(flat, queries, k, distances, indices, 2);
                AssertAnswer(prefix, queries, k, distances, indices, 2);
            },
            iter: 60,
            threads: 1);

    [Fact]
    public void A_single_query_over_a_bank_divided_among_threads_is_exact()
    {
        float[] bank = HardData.Make("low rank", 4200, 70, 5);
        float[] query = HardData.Make("low rank", 1, 70, 6);
        using FeatureMatrix matrix = FeatureMatrix.CopyOf(bank, 4200, 70);
        using var search = new PrefixNearestNeighbors(matrix, default, threads: 4);
        (double[] distances, int[] indices) = BruteForce.Search(bank, query, 70, 3000);
        AssertAnswer(search, query, 3000, distances, indices, -1);
    }

    [Fact]
    public void The_number_of_threads_does_not_change_a_bit()
    {
        byte[] expected = Digest(1, HardData.Kinds);
        Assert.Equal(expected, Digest(2, HardData.Kinds));
        Assert.Equal(expected, Digest(7, HardData.Kinds));
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public void The_instruction_set_does_not_change_a_bit()
    {
        byte[] expected = DigestOfAll();
        foreach (string setting in IntrinsicsRunner.Settings)
        {
            Assert.Equal(expected, IntrinsicsRunner.Run(DigestOfAll, setting));
        }
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public void Disabling_instruction_sets_takes_effect_in_the_child_process()
    {
        Assert.Equal(
            IntrinsicsRunner.AcceleratedWidths(), IntrinsicsRunner.Run(IntrinsicsRunner.AcceleratedWidths, ""));
        Assert.Equal(0, IntrinsicsRunner.Run(IntrinsicsRunner.AcceleratedWidths, "EnableAVX512=0")[2]);
        Assert.Equal([0, 0], IntrinsicsRunner.Run(IntrinsicsRunner.AcceleratedWidths, "EnableAVX2=0")[1..]);
        Assert.Equal([0, 0, 0], IntrinsicsRunner.Run(IntrinsicsRunner.AcceleratedWidths, "EnableHWIntrinsic=0"));
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void Non_finite_values_are_rejected(float bad)
    {
        foreach (int position in new[] { 0, 17, 39 })
        {
            float[] values = new float[40];
            values[position] = bad;
            using FeatureMatrix poisoned = FeatureMatrix.CopyOf(values, 2, 20);
            Assert.Throws<ArgumentException>(() => new FlatNearestNeighbors(poisoned));
            Assert.Throws<ArgumentException>(() => new PrefixNearestNeighbors(poisoned));
            using FeatureMatrix bank = FeatureMatrix.Allocate(2, 20);
            using var flat = new FlatNearestNeighbors(bank);
            using var prefix = new PrefixNearestNeighbors(bank);
            Assert.Throws<ArgumentException>(() => flat.Search(values, 1, new double[2], new int[2]));
            Assert.Throws<ArgumentException>(() => prefix.Search(values, 1, new double[2], new int[2]));
        }
    }

    [Fact]
    public void Mismatched_sizes_are_rejected()
    {
        using FeatureMatrix bank = FeatureMatrix.Allocate(4, 3);
        using FeatureMatrix empty = FeatureMatrix.Allocate(0, 3);
        Assert.Throws<ArgumentException>(() => new PrefixNearestNeighbors(empty));
        Assert.Throws<ArgumentException>(() => new PrefixNearestNeighbors(bank, new int[3]));
        using var search = new PrefixNearestNeighbors(bank, new[] { 0, 0, 1, 1 });
        Assert.Throws<ArgumentException>(() => search.Search(new float[4], 1, new double[1], new int[1]));
        Assert.Throws<ArgumentException>(() => search.Search(new float[3], 2, new double[1], new int[2]));
        Assert.Throws<ArgumentException>(() => search.Search(new float[3], 2, new double[2], new int[1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => search.Search(new float[3], 0, [], []));
        Assert.Throws<ArgumentOutOfRangeException>(() => search.Search(new float[3], 5, new double[5], new int[5]));
        Assert.Throws<ArgumentOutOfRangeException>(
            () => search.Search(new float[3], 3, new double[3], new int[3], BankFilter.Without(1)));
        search.Search([], 1, [], []);
    }

    [Fact]
    public void A_canceled_search_stops()
    {
        using FeatureMatrix bank = FeatureMatrix.CopyOf(HardData.Make("gaussian", 50, 20, 1), 50, 20);
        using var flat = new FlatNearestNeighbors(bank);
        using var prefix = new PrefixNearestNeighbors(bank);
        var cancelled = new CancellationToken(canceled: true);
        Assert.ThrowsAny<OperationCanceledException>(
            () => flat.Search(new float[20], 1, new double[1], new int[1], BankFilter.All, cancelled));
        Assert.ThrowsAny<OperationCanceledException>(
            () => prefix.Search(new float[20], 1, new double[1], new int[1], BankFilter.All, cancelled));
        Assert.ThrowsAny<OperationCanceledException>(() => new PrefixNearestNeighbors(bank, default, 2, cancelled));
    }

    [Fact]
    public void A_search_after_a_canceled_one_is_exact()
    {
        const int Rows = 20000;
        float[] values = HardData.Make("clustered", Rows, 64, 1);
        using FeatureMatrix bank = FeatureMatrix.CopyOf(values, Rows, 64);
        using var prefix = new PrefixNearestNeighbors(bank, default, 2);
        float[] queries = HardData.Make("clustered", 300, 64, 2);
        byte[] expected = Answer(prefix, queries, 5);
        for (int i = 0; i < 20; i++)
        {
            using var source = new CancellationTokenSource(TimeSpan.FromMicroseconds(200 * i));
            try
            {
                prefix.Search(queries, 5, new double[1500], new int[1500], BankFilter.All, source.Token);
            }
            catch (OperationCanceledException)
            {
            }

            Assert.Equal(expected, Answer(prefix, queries, 5));
        }
    }

    internal static byte[] DigestOfAll() => Digest(2, HardData.FewKinds, 250);

    private static byte[] Digest(int threads, IReadOnlyList<string> kinds, int largest = 700)
    {
        var result = new List<byte>();
        foreach (string kind in kinds)
        {
            foreach ((int rows, int columns) in new[] { (largest, 75), (40, 9) })
            {
                using FeatureMatrix bank = FeatureMatrix.CopyOf(HardData.Make(kind, rows, columns, 11), rows, columns);
                float[] queries = HardData.Make(kind, 31, columns, 12);
                using var flat = new FlatNearestNeighbors(bank, default, threads);
                using var prefix = new PrefixNearestNeighbors(bank, default, threads);
                result.AddRange(Answer(flat, queries, 5));
                result.AddRange(Answer(prefix, queries, 5));
            }
        }

        return [.. result];
    }

    private static byte[] Answer(INearestNeighbors search, float[] queries, int k)
    {
        int count = queries.Length / search.Dimension;
        double[] distances = new double[count * k];
        int[] indices = new int[count * k];
        search.Search(queries, k, distances, indices);
        return [.. MemoryMarshal.AsBytes(distances.AsSpan()), .. MemoryMarshal.AsBytes(indices.AsSpan())];
    }

    private static void AssertEqualsBruteForce(float[] bank, float[] queries, int columns, int k)
    {
        using FeatureMatrix matrix = FeatureMatrix.CopyOf(bank, bank.Length / columns, columns);
        using var flat = new FlatNearestNeighbors(matrix, default, 2);
        using var prefix = new PrefixNearestNeighbors(matrix, default, 2);
        (double[] distances, int[] indices) = BruteForce.Search(bank, queries, columns, k);
        AssertAnswer(flat, queries, k, distances, indices, -1);
        AssertAnswer(prefix, queries, k, distances, indices, -1);
    }

    private static void AssertAnswer(
        INearestNeighbors search,
        float[] queries,
        int k,
        double[] expectedDistances,
        int[] expectedIndices,
        int excludedGroup)
    {
        double[] distances = new double[expectedDistances.Length];
        int[] indices = new int[expectedIndices.Length];
        BankFilter filter = excludedGroup < 0 ? BankFilter.All : BankFilter.Without(excludedGroup);
        search.Search(queries, k, distances, indices, filter);
        Assert.Equal(expectedIndices, indices);
        Assert.Equal(expectedDistances, distances);
    }
}
