using SemiDefect.Anomaly.Banks;
using SemiDefect.Anomaly.Search.Numerics;

namespace SemiDefect.Anomaly.Tests.Banks;

public class MemoryBankTests
{
    [Fact]
    public void A_bank_knows_the_image_and_the_patch_of_every_row()
    {
        using FeatureMatrix features =
            FeatureMatrix.CopyOf(Enumerable.Range(0, 24).Select(i => (float)i).ToArray(), 12, 2);
        using MemoryBank bank = MemoryBank.FromSelection(features, [11, 0, 5], 4);
        Assert.Equal([2, 0, 1], bank.SourceImages);
        Assert.Equal([3, 0, 1], bank.SourcePatches);
        Assert.Equal([22, 23, 0, 1, 10, 11], bank.Vectors.RowBlock(0, 3).ToArray());
    }

    [Fact]
    public void Sources_that_do_not_fit_are_refused()
    {
        using FeatureMatrix vectors = FeatureMatrix.Allocate(2, 3);
        Assert.Throws<ArgumentException>(() => new MemoryBank(vectors, [0], [0, 1]));
        Assert.Throws<ArgumentException>(() => new MemoryBank(vectors, [0, 1], [0]));
        Assert.Throws<ArgumentException>(() => new MemoryBank(vectors, [0, -1], [0, 1]));
        Assert.Throws<ArgumentException>(() => MemoryBank.FromSelection(vectors, [0], 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => MemoryBank.FromSelection(vectors, [2], 1));
    }
}
