using CsCheck;
using SemiDefect.Anomaly.Calibration;

namespace SemiDefect.Anomaly.Tests.Calibration;

public class FoldAssignmentTests
{
    [Fact]
    public void Every_image_is_in_one_fold_and_folds_differ_by_one_image_at_most() =>
        Gen.Select(Gen.Int[1, 300], Gen.Int[2, 20], Gen.ULong).Sample((images, folds, seed) =>
        {
            var assignment = new FoldAssignment(images, folds, seed);
            int[] sizes = [.. Enumerable.Range(0, assignment.Count).Select(fold => assignment.Members(fold).Length)];
            Assert.Equal(Math.Min(images, folds), assignment.Count);
            Assert.Equal(images, sizes.Sum());
            Assert.True(sizes.Max() - sizes.Min() <= 1);
            for (int fold = 0; fold < assignment.Count; fold++)
            {
                Assert.Equal(
                    Enumerable.Range(0, images), assignment.Members(fold).Concat(assignment.Others(fold)).Order());
            }
        });

    [Fact]
    public void The_folds_depend_on_the_seed_only()
    {
        int[] Folds(ulong seed) => [.. Enumerable.Range(0, 50).Select(i => new FoldAssignment(50, 5, seed)[i])];
        Assert.Equal(Folds(7), Folds(7));
        Assert.NotEqual(Folds(7), Folds(8));

        // Computed independently, in Python, from the published SplitMix64: a change of the shuffle would change every
        // threshold.
        Assert.Equal([4, 5, 6, 9], new FoldAssignment(10, 3, 0).Members(0));
    }
}
