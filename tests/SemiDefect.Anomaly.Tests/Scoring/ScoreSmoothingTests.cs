using CsCheck;
using SemiDefect.Anomaly.Encoders;
using SemiDefect.Anomaly.Scoring;
using SemiDefect.Anomaly.Views;

namespace SemiDefect.Anomaly.Tests.Scoring;

public sealed class ScoreSmoothingTests
{
    private static readonly View Whole = new(new InputGeometry(8, 8, 8, 8, 0, 0, 8, 8), ViewTurn.None, null);

    [Fact]
    public void Smoothing_is_the_normalized_Gaussian_over_the_patches_that_exist() =>
        Gen.Select(
                Gen.Int[1, 9],
                Gen.Int[1, 9],
                Gen.Double[0.2, 3],
                Gen.Double[0, 10].Array[81],
                Gen.Bool.Array[81])
            .Sample((height, width, sigma, values, exists) =>
            {
                int[] patches = [.. Enumerable.Range(0, height * width).Where(patch => exists[patch])];
                var layout = new PatchLayout(height, width, Whole, patches);
                double[] scores = [.. patches.Select(patch => values[patch])];
                double[] smoothed = ScoreSmoothing.Apply(scores, layout, sigma);
                int radius = (int)(4 * sigma + 0.5);
                for (int i = 0; i < patches.Length; i++)
                {
                    (double sum, double weights) = (0, 0);
                    for (int j = 0; j < patches.Length; j++)
                    {
                        int dx = patches[i] % width - patches[j] % width;
                        int dy = patches[i] / width - patches[j] / width;
                        if (Math.Abs(dx) <= radius && Math.Abs(dy) <= radius)
                        {
                            double weight = Math.Exp(-0.5 * (dx * dx + dy * dy) / (sigma * sigma));
                            sum += weight * scores[j];
                            weights += weight;
                        }
                    }

                    Assert.Equal(sum / weights, smoothed[i], 1e-9);
                }
            });

    [Fact]
    public void Without_smoothing_the_scores_are_untouched()
    {
        double[] scores = [1, 5, 2, 4];
        Assert.Same(scores, ScoreSmoothing.Apply(scores, new PatchLayout(2, 2, Whole, null), 0));
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(8.1)]
    [InlineData(double.NaN)]
    public void Smoothing_out_of_range_is_refused(double sigma) =>
        Assert.Throws<SemiDefectException>(() => new ScoringOptions { Smoothing = sigma });
}
