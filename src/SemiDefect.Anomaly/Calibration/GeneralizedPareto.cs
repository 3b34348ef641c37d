using SemiDefect.Anomaly.Search.Numerics;

namespace SemiDefect.Anomaly.Calibration;

/// <summary>
/// The generalized Pareto distribution of exceedances of a high level (Pickands 1975): P(X &gt; x) = (1 + shape x /
/// scale)^(-1 / shape), or exp(-x / scale) for shape 0. Fitted by probability-weighted moments (Hosking and Wallis
/// 1987, whose k is the negative shape), which are more stable than maximum likelihood for few data.
/// </summary>
/// <param name="Shape">Between -0.5 and 0.5.</param>
/// <param name="Scale">Above 0.</param>
internal readonly record struct GeneralizedPareto(double Shape, double Scale)
{
    // Outside this range, the estimator has no finite variance (Hosking and Wallis 1987, section 3) or the density has
    // no finite slope at its end; estimates from small samples are clamped to it.
    private const double LargestShape = 0.5;
    private const double SeriesBelow = 1e-4;

    /// <summary>Fits ascending exceedances, all at least 0; null if they are all equal.</summary>
    /// <param name="exceedances">The exceedances.</param>
    /// <param name="priorCount">
    /// Shrinks the shape towards 0 as this number of exceedances of an exponential tail would; the mean is kept.
    /// </param>
    public static GeneralizedPareto? Fit(ReadOnlySpan<double> exceedances, double priorCount = 0)
    {
        int count = exceedances.Length;
        if (count < 2)
        {
            return null;
        }

        double sum = 0;
        double weightedSum = 0;
        for (int i = 0; i < count; i++)
        {
            sum += exceedances[i];
            weightedSum += exceedances[i] * (count - 1 - i) / (count - 1);
        }

        double mean = sum / count;
        double spread = mean - 2 * (weightedSum / count);
        if (!(spread > 1e-12 * mean) || !double.IsFinite(mean))
        {
            return null;
        }

        double shape = Math.Clamp(2 - mean / spread, -LargestShape, LargestShape) * (count / (count + priorCount));
        return new GeneralizedPareto(shape, mean * (1 - shape));
    }

    /// <summary>The x with P(X &gt; x) = <paramref name="probability"/>, in (0, 1].</summary>
    public double Exceeded(double probability)
    {
        double log = -PortableMath.Log(probability);
        double exponent = Shape * log;

        // Near 0, the difference would cancel; four terms of its series have an error below 1e-17 there.
        return Math.Abs(exponent) < SeriesBelow
            ? Scale * log * (1 + exponent / 2 * (1 + exponent / 3 * (1 + exponent / 4)))
            : Scale * (PortableMath.Exp(exponent) - 1) / Shape;
    }

    /// <summary>P(X &gt; <paramref name="x"/>), for x of at least 0.</summary>
    public double ProbabilityAbove(double x)
    {
        double ratio = x / Scale;
        double excess = Shape * ratio;
        if (Math.Abs(excess) < SeriesBelow)
        {
            return PortableMath.Exp(-ratio * (1 - excess * (1.0 / 2 - excess * (1.0 / 3 - excess / 4))));
        }

        double inside = 1 + excess;
        return inside <= 0 ? 0 : PortableMath.Exp(-PortableMath.Log(inside) / Shape);
    }
}
