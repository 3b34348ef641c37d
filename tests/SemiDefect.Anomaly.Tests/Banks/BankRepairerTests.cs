using SemiDefect.Anomaly.Banks;
using SemiDefect.Anomaly.Calibration;
using SemiDefect.Anomaly.Detection;
using SemiDefect.Anomaly.Scoring;
using SemiDefect.Anomaly.Search.Coresets;
using SemiDefect.Anomaly.Search.Neighbors;
using SemiDefect.Anomaly.Search.Numerics;
using SemiDefect.Anomaly.Tests.Support;
using SemiDefect.Anomaly.TestSupport;

namespace SemiDefect.Anomaly.Tests.Banks;

public class BankRepairerTests
{
    private const int Columns = 12;
    private const int PatchesPerImage = 16;
    private const int ImageCount = 9;

    [Theory]
    [InlineData("gaussian", 0.05)]
    [InlineData("clustered", 0.05)]
    [InlineData("duplicated", 0.1)]
    [InlineData("low rank", 0.3)]
    [InlineData("gaussian", 1)]
    public void A_fold_is_repaired_as_the_naive_loop_does(string kind, double fraction) =>
        CheckRepair(kind, new CoresetOptions(fraction: fraction), fraction < 1);

    [Fact]
    public void So_it_is_after_an_approximate_selection_in_a_projected_space() =>
        CheckRepair(
            "gaussian",
            new CoresetOptions(fraction: 0.1, method: CoresetMethod.Approximate, projectionDimension: 5),
            true);

    private static void CheckRepair(string kind, CoresetOptions options, bool hasHoles)
    {
        float[] values = HardData.Make(kind, ImageCount * PatchesPerImage, Columns, 5);
        using TrainingFeatures features = Collect(values);
        var folds = new FoldAssignment(ImageCount, 3, 0);
        using CoresetSession session = CoresetSession.Start(features.Matrix, options, null, CancellationToken.None);
        CoresetSelection expected = Coreset.Select(features.Matrix, options);
        Assert.Equal(expected.Indices, session.Selection.Indices);
        Assert.Equal(expected.CoveringRadius, session.Selection.CoveringRadius);
        using MemoryBank bank = features.Gather(session.Selection, [.. Enumerable.Range(0, ImageCount)]).Bank;
        using var model = new MemoryBankModel(
            bank, new ScoringOptions(), bank.SourceImages.Select(image => folds[image]).ToArray(), 2);
        var repairer = new BankRepairer(features, folds, session, model, CancellationToken.None);
        int repaired = 0;
        for (int fold = 0; fold < folds.Count; fold++)
        {
            int[] picks = repairer.Repair(fold);
            Assert.Equal(NaivelyRepaired(values, folds, fold, session.Selection), picks);
            repaired += picks.Length;
            AssertJudged(features, folds, fold, bank, model, repairer, picks);
        }

        // With all patches in the bank, there are no gaps; otherwise there must be some, or nothing is tested.
        Assert.Equal(hasHoles, repaired > 0);
    }

    /// <summary>Checks that the reported distances equal those of a search over the repaired bank.</summary>
    private static void AssertJudged(
        TrainingFeatures features,
        FoldAssignment folds,
        int fold,
        MemoryBank bank,
        MemoryBankModel model,
        BankRepairer repairer,
        int[] picks)
    {
        using FeatureMatrix? more = picks.Length == 0 ? null : features.Matrix.Gather(picks);
        using MemoryBank? joined = more is null
            ? null
            : new MemoryBank(
                bank.Vectors.Append(more),
                new int[bank.Vectors.Rows + picks.Length],
                new int[bank.Vectors.Rows + picks.Length]);
        using MemoryBankModel? repaired = more is null ? null : model.Join(joined!, more, 1);
        double[] distances = repairer.DistancesOf(fold, picks);
        foreach (int image in folds.Members(fold))
        {
            double[] searched = (repaired ?? model)
                .Score(features.GridOf(image, 0), BankFilter.Without(fold), CancellationToken.None).Values;
            Assert.Equal(
                searched,
                distances.AsSpan(features.Images[image].FirstRow, PatchesPerImage).ToArray().Select(Math.Sqrt));
        }
    }

    private static List<int> NaivelyRepaired(float[] values, FoldAssignment folds, int fold, CoresetSelection selection)
    {
        ReadOnlySpan<float> Row(int row) => values.AsSpan(row * Columns, Columns);
        int FoldOf(int row) => folds[row / PatchesPerImage];
        int[] others = [.. Enumerable.Range(0, ImageCount * PatchesPerImage).Where(row => FoldOf(row) != fold)];
        List<int> bank = [.. selection.Indices.Where(row => FoldOf(row) != fold)];
        var picks = new List<int>();
        while (true)
        {
            double largest = -1;
            int farthest = 0;
            foreach (int row in others)
            {
                double nearest = double.PositiveInfinity;
                foreach (int kept in bank)
                {
                    nearest = Math.Min(nearest, BruteForce.SquaredDistance(Row(row), Row(kept)));
                }

                if (nearest > largest)
                {
                    (largest, farthest) = (nearest, row);
                }
            }

            if (Math.Sqrt(largest) <= selection.CoveringRadius || picks.Count == selection.Indices.Length)
            {
                return picks;
            }

            picks.Add(farthest);
            bank.Add(farthest);
        }
    }

    private static TrainingFeatures Collect(float[] values)
    {
        IEnumerable<EncodedView> images = Grids.Encoded(Enumerable.Range(0, ImageCount).Select(image =>
            Grids.Of(values.AsMemory(image * PatchesPerImage * Columns, PatchesPerImage * Columns), Columns, 4)));
        return TrainingFeatures.Collect(images, ImageCount, (_, _) => int.MaxValue, _ => { });
    }
}
