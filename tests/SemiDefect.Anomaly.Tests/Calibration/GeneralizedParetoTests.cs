using CsCheck;
using SemiDefect.Anomaly.Calibration;
using SemiDefect.Anomaly.Search.Numerics;

namespace SemiDefect.Anomaly.Tests.Calibration;

public class GeneralizedParetoTests
{
    private static readonly Gen<GeneralizedPareto> Distributions =
        Gen.Select(Gen.Double[-0.45, 0.45], Gen.Double[0.01, 100])
            .Select((shape, scale) => new GeneralizedPareto(shape, scale));

    [Fact]
    public void Exceeded_and_ProbabilityAbove_undo_each_other() =>
        Gen.Select(Distributions, Gen.Double[1e-6, 1]).Sample((distribution, probability) =>
            Assert.Equal(probability, distribution.ProbabilityAbove(distribution.Exceeded(probability)), 1e-9));

    [Theory]
    [InlineData(1e-300)]
    [InlineData(1e-12)]
    [InlineData(-1e-9)]
    [InlineData(1e-7)]
    [InlineData(-2e-5)]
    [InlineData(1.1e-4)]
    public void Shapes_next_to_zero_lose_no_digits(double shape)
    {
        var distribution = new GeneralizedPareto(shape, 1);
        for (double probability = 1; probability > 1e-6; probability *= 0.7)
        {
            Assert.Equal(1, distribution.ProbabilityAbove(distribution.Exceeded(probability)) / probability, 1e-10);
        }
    }

    [Fact]
    public void The_limit_of_a_zero_shape_is_the_exponential_distribution()
    {
        var exponential = new GeneralizedPareto(0, 2);
        Assert.Equal(2 * Math.Log(100), exponential.Exceeded(0.01), 1e-12);
        Assert.Equal(exponential.Exceeded(0.01), new GeneralizedPareto(1e-8, 2).Exceeded(0.01), 1e-6);
        Assert.Equal(Math.Exp(-1.5), exponential.ProbabilityAbove(3), 1e-15);
    }

    [Theory]
    [InlineData(-0.3)]
    [InlineData(0)]
    [InlineData(0.3)]
    public void Parameters_are_recovered_from_a_large_sample(double shape)
    {
        var truth = new GeneralizedPareto(shape, 3);
        var generator = new SeededGenerator(5);
        double[] sample =
            [.. Enumerable.Range(0, 50_000).Select(_ => truth.Exceeded(1 - generator.NextDouble())).Order()];
        GeneralizedPareto fit = GeneralizedPareto.Fit(sample)!.Value;
        Assert.Equal(shape, fit.Shape, 0.03);
        Assert.Equal(3, fit.Scale, 0.1);
    }

    [Fact]
    public void The_estimate_equals_the_moments_computed_by_their_definition()
    {
        double[] sample = [0.1, 0.4, 0.5, 1.1, 1.9, 2, 3.5];

        // The second moment is the mean over pairs of half the smaller value (Hosking and Wallis 1987, unbiased form).
        double pairs = 0;
        for (int i = 0; i < 7; i++)
        {
            for (int j = 0; j < i; j++)
            {
                pairs += Math.Min(sample[i], sample[j]);
            }
        }

        double first = sample.Average();
        double second = pairs / 21 / 2;
        double k = first / (first - 2 * second) - 2;
        GeneralizedPareto fit = GeneralizedPareto.Fit(sample)!.Value;
        Assert.Equal(-k, fit.Shape, 1e-12);
        Assert.Equal(2 * first * second / (first - 2 * second), fit.Scale, 1e-12);
    }

    [Fact]
    public void A_prior_draws_the_shape_to_zero_and_keeps_the_mean()
    {
        double[] sample = [0.1, 0.4, 0.5, 1.1, 1.9, 2, 3.5];
        double mean = sample.Average();
        double plain = GeneralizedPareto.Fit(sample)!.Value.Shape;
        GeneralizedPareto drawn = GeneralizedPareto.Fit(sample, priorCount: 14)!.Value;
        Assert.Equal(plain / 3, drawn.Shape, 1e-12);
        Assert.Equal(mean, drawn.Scale / (1 - drawn.Shape), 1e-12);
    }

    [Fact]
    public void A_sample_without_spread_has_no_fit()
    {
        Assert.Null(GeneralizedPareto.Fit([2, 2, 2, 2]));
        Assert.Null(GeneralizedPareto.Fit([0, 0, 0]));
        Assert.Null(GeneralizedPareto.Fit([1]));
    }
}
