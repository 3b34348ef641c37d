using System.Runtime.InteropServices;
using CsCheck;
using SemiDefect.Anomaly.Search.Coresets;
using SemiDefect.Anomaly.Search.Numerics;
using SemiDefect.Anomaly.TestSupport;

namespace SemiDefect.Anomaly.Search.Tests.Coresets;

public class CoresetTests
{
    public static TheoryData<string> Kinds => [.. HardData.Kinds];

    [Theory]
    [Trait("Speed", "Slow")]
    [MemberData(nameof(Kinds))]
    public void Exact_greedy_picks_what_the_naive_loop_picks(string kind) =>
        Gen.Select(Gen.Int[1, 300], Gen.Int[1, 90], Gen.Double[0.05, 0.6], Gen.ULong).Sample(
            (rows, columns, fraction, seed) =>
            {
                float[] values = HardData.Make(kind, rows, columns, seed);
                int start = (int)(seed % (ulong)rows);
                CoresetSelection selection =
                    Select(values, columns, new CoresetOptions(fraction: fraction, starts: [start], threads: 2));
                int[] expected =
                    NaiveGreedy.Select(values, columns, Math.Max(1, (int)(rows * fraction)), Infinities(rows), start);
                Assert.Equal(expected, selection.Indices);
                Assert.Equal(NaiveGreedy.CoveringRadius(values, columns, expected), selection.CoveringRadius);
            },
            iter: 10,
            threads: 1);

    [Theory]
    [MemberData(nameof(Kinds))]
    [Trait("Speed", "Slow")]
    public void A_selection_continues_where_another_ended(string kind) =>
        Gen.Select(Gen.Int[2, 300], Gen.Int[1, 90], Gen.Int[1, 60], Gen.ULong).Sample(
            (rows, columns, more, seed) =>
            {
                // The first rows are the bank; the selection of the others needs only their distances to it.
                float[] values = HardData.Make(kind, rows, columns, seed);
                int bank = 1 + (int)(seed % (ulong)(rows - 1));
                double[] squares =
                [
                    .. Enumerable.Range(bank, rows - bank).Select(row =>
                        Enumerable.Range(0, bank).Min(other => NaiveGreedy.Distance(values, columns, row, other)))
                ];
                using FeatureMatrix rest = FeatureMatrix.CopyOf(values.AsSpan(bank * columns), rows - bank, columns);
                int[] picks = Coreset.Continue(
                    rest,
                    squares,
                    new GreedyLimits(Math.Min(more, rows - bank), 0),
                    2,
                    null,
                    CancellationToken.None).Indices;
                int[] expected = NaiveGreedy.Select(
                    values,
                    columns,
                    bank + Math.Min(more, rows - bank),
                    Infinities(rows),
                    [.. Enumerable.Range(0, bank)]);
                Assert.Equal(expected[bank..], picks.Select(pick => pick + bank));
            },
            iter: 10,
            threads: 1);

    [Theory]
    [InlineData("gaussian")]
    [InlineData("low rank")]
    [InlineData("clustered")]
    [InlineData("sparse")]
    [InlineData("huge")]
    [InlineData("tiny")]
    [InlineData("denormal")]
    public void Exact_greedy_starts_at_the_row_whose_distances_have_the_largest_norm(string kind)
    {
        for (ulong seed = 0; seed < 5; seed++)
        {
            float[] values = HardData.Make(kind, 60, 13, seed);
            Assert.Equal(NaiveGreedy.Start(values, 13), Select(values, 13, new CoresetOptions(count: 1)).Indices[0]);
        }
    }

    [Fact]
    public void A_fraction_picks_no_more_than_the_maximum()
    {
        var options = new CoresetOptions(fraction: 0.1) { Maximum = 50 };
        Assert.Equal((1, 30, 50), (options.TargetCount(5), options.TargetCount(300), options.TargetCount(10_000)));
        Assert.Equal(50, options.With(3, 2, null).TargetCount(10_000));
        Assert.Throws<SemiDefectException>(() => new CoresetOptions(fraction: 0.1) { Maximum = 0 });
    }

    [Fact]
    public void Approximate_greedy_picks_what_the_naive_loop_picks() =>
        Gen.Select(Gen.Int[0, HardData.Kinds.Count - 1], Gen.Int[12, 200], Gen.Int[1, 60], Gen.ULong).Sample(
            (kind, rows, columns, seed) =>
            {
                float[] values = HardData.Make(HardData.Kinds[kind], rows, columns, seed);
                int[] anchors = [3, 0, 11, 7];
                CoresetSelection selection = Select(
                    values,
                    columns,
                    new CoresetOptions(fraction: 0.3, method: CoresetMethod.Approximate, starts: anchors));
                double[] squares = new double[rows];
                for (int row = 0; row < rows; row++)
                {
                    double sum = 0;
                    foreach (int anchor in anchors)
                    {
                        sum += Math.Sqrt(NaiveGreedy.Distance(values, columns, row, anchor));
                    }

                    squares[row] = sum / 4 * (sum / 4);
                }

                int[] expected = NaiveGreedy.Select(values, columns, Math.Max(1, (int)(rows * 0.3)), squares);
                Assert.Equal(expected, selection.Indices);
                Assert.Equal(NaiveGreedy.CoveringRadius(values, columns, expected), selection.CoveringRadius);
            },
            iter: 60,
            threads: 1);

    [Fact]
    public void Threads_that_share_each_pick_select_the_same_rows()
    {
        float[] values = HardData.Make("low rank", 3000, 40, 9);
        using FeatureMatrix features = FeatureMatrix.CopyOf(values, 3000, 40);
        int[] expected = Greedy(features, threads: 1, blocksPerWorker: int.MaxValue);
        Assert.Equal(400, expected.Length);
        Assert.Equal(expected, Greedy(features, threads: 3, blocksPerWorker: 1));
        Assert.Equal(expected, Greedy(features, threads: 7, blocksPerWorker: 1));
        Assert.Equal(NaiveGreedy.Select(values, 40, 400, Infinities(3000), 0), expected);
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
    public void A_covering_radius_stops_the_selection_as_soon_as_it_is_reached()
    {
        float[] values = HardData.Make("low rank", 500, 30, 2);
        CoresetSelection all = Select(values, 30, new CoresetOptions(fraction: 1));
        CoresetSelection some = Select(values, 30, new CoresetOptions(coveringRadius: 1.5));
        Assert.Equal(all.Indices[..some.Indices.Length], some.Indices);
        Assert.InRange(some.CoveringRadius, 0, 1.5);
        CoresetSelection fewer = Select(values, 30, new CoresetOptions(count: some.Indices.Length - 1));
        Assert.True(fewer.CoveringRadius > 1.5);
        Assert.Equal(0, all.CoveringRadius);
    }

    [Fact]
    public void No_vector_is_picked_twice()
    {
        Assert.Single(Select(HardData.Make("constant", 50, 8, 0), 8, new CoresetOptions(count: 20)).Indices);
        Assert.Equal(
            7, Select(HardData.Make("duplicated", 200, 8, 0), 8, new CoresetOptions(count: 100)).Indices.Length);
    }

    [Theory]
    [InlineData(700, 0.1, 70)]
    [InlineData(9, 0.1, 1)]
    [InlineData(78, 0.99, 77)]
    public void The_size_is_the_fraction_rounded_down_but_at_least_one(int rows, double fraction, int expected) =>
        Assert.Equal(
            expected,
            Select(HardData.Make("gaussian", rows, 5, 1), 5, new CoresetOptions(fraction: fraction)).Indices.Length);

    [Fact]
    public void A_random_projection_depends_only_on_the_seed()
    {
        float[] values = HardData.Make("low rank", 300, 50, 4);
        int[] first = Select(values, 50, new CoresetOptions(count: 30, projectionDimension: 8, seed: 1)).Indices;
        Assert.Equal(
            first,
            Select(values, 50, new CoresetOptions(count: 30, projectionDimension: 8, seed: 1, threads: 3)).Indices);
        Assert.NotEqual(
            first, Select(values, 50, new CoresetOptions(count: 30, projectionDimension: 8, seed: 2)).Indices);
    }

    [Fact]
    public void The_covering_radius_of_a_selection_by_projection_is_that_of_the_features()
    {
        float[] values = HardData.Make("low rank", 300, 50, 4);
        CoresetSelection selection = Select(values, 50, new CoresetOptions(count: 30, projectionDimension: 8));
        Assert.Equal(NaiveGreedy.CoveringRadius(values, 50, selection.Indices), selection.CoveringRadius);
    }

    [Fact]
    public void Progress_grows_and_ends_at_the_target()
    {
        var seen = new List<CoresetProgress>();
        using FeatureMatrix features = FeatureMatrix.CopyOf(HardData.Make("gaussian", 400, 20, 1), 400, 20);
        Coreset.Select(features, new CoresetOptions(count: 90), new Listener(seen.Add));
        Assert.NotEmpty(seen);
        Assert.Equal((90, 90), (seen[^1].Picks, seen[^1].Target));
        Assert.Equal(TimeSpan.Zero, seen[^1].Remaining);
        Assert.Equal(seen.Select(s => s.Picks).Order(), seen.Select(s => s.Picks));
    }

    [Fact]
    public void A_canceled_selection_stops()
    {
        using FeatureMatrix features = FeatureMatrix.CopyOf(HardData.Make("gaussian", 400, 20, 1), 400, 20);
        Assert.ThrowsAny<OperationCanceledException>(() =>
            Coreset.Select(features, new CoresetOptions(count: 1), cancellationToken: new CancellationToken(true)));
        Assert.ThrowsAny<OperationCanceledException>(
            () => new GreedyKCenter(features, 5, 2, new CancellationToken(true)));
    }

    [Fact]
    public void Invalid_options_are_rejected_with_a_one_line_message()
    {
        using FeatureMatrix projection = FeatureMatrix.Allocate(2, 3);
        Func<CoresetOptions>[] impossible =
        [
            () => new CoresetOptions(),
            () => new CoresetOptions(fraction: 0),
            () => new CoresetOptions(fraction: 1.01),
            () => new CoresetOptions(fraction: double.NaN),
            () => new CoresetOptions(count: 0),
            () => new CoresetOptions(fraction: 0.1, count: 5),
            () => new CoresetOptions(coveringRadius: -1),
            () => new CoresetOptions(coveringRadius: double.PositiveInfinity),
            () => new CoresetOptions(coveringRadius: 1, method: CoresetMethod.Approximate),
            () => new CoresetOptions(coveringRadius: 1, projectionDimension: 4),
            () => new CoresetOptions(count: 1, projectionDimension: 0),
            () => new CoresetOptions(count: 1, projectionDimension: 4, projection: projection),
            () => new CoresetOptions(count: 1, starts: []),
            () => new CoresetOptions(count: 1, starts: [1, 1]),
            () => new CoresetOptions(count: 1, anchorCount: 0),
            () => new CoresetOptions(count: 1, threads: -1),
            () => new CoresetOptions(count: 1, method: (CoresetMethod)7),
        ];
        Assert.All(impossible, make => Assert.DoesNotContain('\n', Assert.Throws<SemiDefectException>(make).Message));
    }

    [Fact]
    public void Invalid_features_are_rejected()
    {
        using FeatureMatrix features = FeatureMatrix.Allocate(4, 3);
        using FeatureMatrix narrow = FeatureMatrix.Allocate(2, 2);
        using FeatureMatrix empty = FeatureMatrix.Allocate(0, 2);
        Assert.Throws<SemiDefectException>(() => Coreset.Select(features, new CoresetOptions(count: 1, starts: [4])));
        Assert.Throws<SemiDefectException>(
            () => Coreset.Select(features, new CoresetOptions(count: 1, projection: narrow)));
        Assert.Throws<ArgumentException>(() => Coreset.Select(empty, new CoresetOptions(count: 1)));
        features.Row(2)[1] = float.NaN;
        Assert.Throws<ArgumentException>(() => Coreset.Select(features, new CoresetOptions(count: 1)));
    }

    internal static byte[] DigestOfAll() => Digest(2, HardData.FewKinds, 200);

    private static byte[] Digest(int threads, IReadOnlyList<string> kinds, int rows = 600)
    {
        var result = new List<byte>();
        foreach (string kind in kinds)
        {
            float[] values = HardData.Make(kind, rows, 70, 21);
            CoresetSelection exact = Select(values, 70, new CoresetOptions(count: 40, threads: threads));
            CoresetSelection projected = Select(
                values,
                70,
                new CoresetOptions(
                    count: 20, projectionDimension: 16, method: CoresetMethod.Approximate, threads: threads),
                mayOverflow: true);
            foreach (CoresetSelection selection in new[] { exact, projected })
            {
                result.AddRange(MemoryMarshal.AsBytes(selection.Indices.AsSpan()));
                result.AddRange(BitConverter.GetBytes(selection.CoveringRadius));
            }
        }

        return [.. result];
    }

    private static CoresetSelection Select(
        float[] values,
        int columns,
        CoresetOptions options,
        bool mayOverflow = false)
    {
        using FeatureMatrix features = FeatureMatrix.CopyOf(values, values.Length / columns, columns);
        try
        {
            return Coreset.Select(features, options);
        }
        catch (SemiDefectException) when (mayOverflow)
        {
            return new CoresetSelection([], 0);
        }
    }

    private static int[] Greedy(FeatureMatrix features, int threads, int blocksPerWorker)
    {
        using var greedy = new GreedyKCenter(
            features, 100, threads, CancellationToken.None, blocksPerWorker: blocksPerWorker);
        return greedy.Run([0], new GreedyLimits(400, 0), new ProgressReport(null, 400));
    }

    private static double[] Infinities(int count) => [.. Enumerable.Repeat(double.PositiveInfinity, count)];

    private sealed class Listener(Action<CoresetProgress> listen) : IProgress<CoresetProgress>
    {
        public void Report(CoresetProgress value) => listen(value);
    }
}
