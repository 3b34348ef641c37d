using SemiDefect.Anomaly.Search.Numerics;

namespace SemiDefect.Anomaly.Search.Projections;

/// <summary>
/// The steps of Adam (Kingma and Ba 2015) for one matrix of weights. Not thread-safe. Memory: 16 bytes per weight.
/// </summary>
/// <param name="weights">The weights; not owned.</param>
internal sealed class AdamUpdate(DenseMatrix weights)
{
    private const double FirstDecay = 0.9;
    private const double SecondDecay = 0.999;
    private const double Least = 1e-8;

    private readonly double[] _means = new double[weights.Padded.Length];
    private readonly double[] _squares = new double[weights.Padded.Length];
    private double _firstPower = 1;
    private double _secondPower = 1;

    /// <summary>Changes the weights against their gradient.</summary>
    public void Step(DenseMatrix gradient, double rate)
    {
        _firstPower *= FirstDecay;
        _secondPower *= SecondDecay;
        Span<double> values = weights.Padded;
        ReadOnlySpan<double> slopes = gradient.Padded;
        for (int i = 0; i < values.Length; i++)
        {
            double slope = slopes[i];
            _means[i] = FirstDecay * _means[i] + (1 - FirstDecay) * slope;
            _squares[i] = SecondDecay * _squares[i] + (1 - SecondDecay) * slope * slope;
            double scale = Math.Sqrt(_squares[i] / (1 - _secondPower)) + Least;
            values[i] -= rate * (_means[i] / (1 - _firstPower)) / scale;
        }
    }
}
