namespace SemiDefect.Anomaly.Evaluation.Metrics;

/// <summary>
/// A running sum whose error does not grow with the number of terms (Neumaier 1974). Not thread-safe.
/// </summary>
internal struct CompensatedSum
{
    private double _sum;
    private double _lost;

    public readonly double Value => _sum + _lost;

    public void Add(double term)
    {
        double next = _sum + term;
        _lost += Math.Abs(_sum) >= Math.Abs(term) ? _sum - next + term : term - next + _sum;
        _sum = next;
    }
}
