using SemiDefect.Anomaly.Banks;
using SemiDefect.Anomaly.Calibration;
using SemiDefect.Anomaly.Detection;
using SemiDefect.Anomaly.Search.Coresets;
using SemiDefect.Anomaly.Search.Numerics;
using SemiDefect.Anomaly.Tests.Support;

namespace SemiDefect.Anomaly.Tests.Banks;

public class PiecewiseBankSourceTests
{
    private const int Count = 23;
    private const int Patches = 20;
    private const int Columns = 12;

    [Theory]
    [InlineData(CoresetMethod.Exact)]
    [InlineData(CoresetMethod.Approximate)]
    public void No_row_is_farther_from_the_bank_than_the_radius_says(CoresetMethod method)
    {
        using TrainingFeatures features = Features(rowsAtOnce: 60);
        var folds = new FoldAssignment(Count, 4, 0);
        using var source = new PiecewiseBankSource(features, folds, new CoresetOptions(0.1, method: method), 60);
        Assert.True(source.Pieces > 4);

        SelectedBank all = source.SelectAll(null, CancellationToken.None);
        using MemoryBank bank = all.Bank;
        Assert.Equal(Count * Patches / 10, bank.Vectors.Rows);
        AssertCovers(features, Enumerable.Range(0, Count), all);
        for (int fold = 0; fold < folds.Count; fold++)
        {
            SelectedBank rest = source.SelectWithout(fold, null, CancellationToken.None);
            using MemoryBank restBank = rest.Bank;
            Assert.DoesNotContain(restBank.SourceImages, image => folds[image] == fold);
            Assert.Equal(folds.Others(fold).Length * Patches / 10, restBank.Vectors.Rows);
            AssertCovers(features, folds.Others(fold), rest);
        }
    }

    [Fact]
    public void Every_row_of_the_bank_is_the_patch_it_says_it_is()
    {
        using TrainingFeatures features = Features(rowsAtOnce: 60);
        using var source = new PiecewiseBankSource(
            features, new FoldAssignment(Count, 4, 0), new CoresetOptions(count: 31), 60);
        using MemoryBank bank = source.SelectAll(null, CancellationToken.None).Bank;
        for (int row = 0; row < bank.Vectors.Rows; row++)
        {
            Assert.Equal(
                features.RowsOf(bank.SourceImages[row]).Slice(bank.SourcePatches[row] * Columns, Columns).ToArray(),
                bank.Vectors.Row(row).ToArray());
        }
    }

    [Fact]
    public void A_radius_that_keeps_too_many_patches_is_refused()
    {
        using TrainingFeatures features = Features(rowsAtOnce: 60);
        using var source = new PiecewiseBankSource(
            features, new FoldAssignment(Count, 4, 0), new CoresetOptions(coveringRadius: 2), 60);
        var error = Assert.Throws<SemiDefectException>(() => source.SelectAll(null, CancellationToken.None));
        Assert.Contains("--coreset-radius", error.Message, StringComparison.Ordinal);
        Assert.Contains("--max-memory", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_requested_covering_radius_holds_across_both_steps()
    {
        using TrainingFeatures features = Features(rowsAtOnce: 60);
        using var source = new PiecewiseBankSource(
            features, new FoldAssignment(Count, 4, 0), new CoresetOptions(count: 400, coveringRadius: 5), 60);
        SelectedBank selected = source.SelectAll(null, CancellationToken.None);
        using MemoryBank bank = selected.Bank;
        Assert.InRange(bank.Vectors.Rows, 1, features.Rows - 1);
        Assert.True(selected.CoveringRadius <= 5);
        AssertCovers(features, Enumerable.Range(0, Count), selected);
    }

    [Fact]
    public void Threads_do_not_change_the_bank()
    {
        int[] Picks(int threads)
        {
            using TrainingFeatures features = Features(rowsAtOnce: 60);
            using var source = new PiecewiseBankSource(
                features, new FoldAssignment(Count, 4, 0), new CoresetOptions(0.1, threads: threads), 60);
            using MemoryBank bank = source.SelectAll(null, CancellationToken.None).Bank;
            return [.. bank.SourceImages.Zip(bank.SourcePatches, (image, patch) => image * Patches + patch)];
        }

        Assert.Equal(Picks(1), Picks(3));
    }

    [Fact]
    public void Progress_counts_up_to_what_is_left_to_do()
    {
        using TrainingFeatures features = Features(rowsAtOnce: 60);
        using var source = new PiecewiseBankSource(
            features, new FoldAssignment(Count, 4, 0), new CoresetOptions(0.5), 60);
        var reports = new List<CoresetProgress>();
        using MemoryBank bank =
            source.SelectAll(new SynchronousProgress<CoresetProgress>(reports.Add), CancellationToken.None).Bank;
        Assert.Equal(reports.OrderBy(report => report.Picks), reports);
        Assert.All(reports, report => Assert.True(report.Picks <= report.Target));
    }

    private static void AssertCovers(TrainingFeatures features, IEnumerable<int> images, SelectedBank selected)
    {
        double largest = 0;
        foreach (int image in images)
        {
            float[] rows = features.RowsOf(image).ToArray();
            for (int patch = 0; patch < Patches; patch++)
            {
                double nearest = double.PositiveInfinity;
                for (int row = 0; row < selected.Bank.Vectors.Rows; row++)
                {
                    double square = 0;
                    for (int column = 0; column < Columns; column++)
                    {
                        double difference =
                            (double)rows[patch * Columns + column] - selected.Bank.Vectors.Row(row)[column];
                        square += difference * difference;
                    }

                    nearest = Math.Min(nearest, square);
                }

                largest = Math.Max(largest, Math.Sqrt(nearest));
            }
        }

        Assert.InRange(largest, 1e-3, selected.CoveringRadius * (1 + 1e-12));
    }

    private static TrainingFeatures Features(int rowsAtOnce)
    {
        var generator = new SeededGenerator(3);
        IEnumerable<EncodedView> images = Grids.Encoded(Enumerable.Range(0, Count).Select(_ =>
            Grids.Of(
                Enumerable.Range(0, Patches * Columns).Select(_ => (float)generator.NextGaussian()).ToArray(),
                Columns,
                5)));
        return TrainingFeatures.Collect(images, Count, (_, _) => rowsAtOnce, _ => { });
    }
}
