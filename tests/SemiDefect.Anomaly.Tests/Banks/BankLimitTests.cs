using SemiDefect.Anomaly.Search.Coresets;

namespace SemiDefect.Anomaly.Tests.Banks;

public class BankLimitTests
{
    [Theory]
    [InlineData(1, 80_000)]
    [InlineData(1024, 80_000)]
    [InlineData(2048, 40_000)]
    [InlineData(2568, 31_900)]
    [InlineData(4096, 20_000)]
    [InlineData(100_000, 20_000)]
    public void Banks_of_images_with_few_patches_may_be_larger(int patches, int most)
    {
        CoresetOptions coreset = new FitOptions().CoresetFor(patches);
        Assert.Equal(most, coreset.TargetCount(10_000_000));
        Assert.Equal(100, coreset.TargetCount(1_000));
    }

    [Fact]
    public void A_size_that_was_given_stays()
    {
        Assert.Equal(20_000, new FitOptions { MaxMemory = 1L << 30 }.CoresetFor(1024).TargetCount(10_000_000));
        CoresetOptions[] others =
        [
            new(fraction: 0.1),
            new(fraction: 0.2) { Maximum = 20_000 },
            new(fraction: 0.1) { Maximum = 5 },
            new(count: 7),
        ];
        foreach (CoresetOptions given in others)
        {
            Assert.Same(given, new FitOptions { Coreset = given }.CoresetFor(1024));
        }
    }
}
