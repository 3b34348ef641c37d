using SemiDefect.Anomaly.Search.Numerics;

namespace SemiDefect.Anomaly.Evaluation.Reports;

/// <summary>A linear or logarithmic axis. Immutable and thread-safe.</summary>
internal sealed class ChartScale
{
    private readonly double _start;
    private readonly double _end;
    private readonly bool _isLogarithmic;

    private ChartScale(double low, double high, bool isLogarithmic)
    {
        Low = low;
        High = high;
        _isLogarithmic = isLogarithmic;
        _start = isLogarithmic ? PortableMath.Log(low) : low;
        _end = isLogarithmic ? PortableMath.Log(high) : high;
        Ticks = isLogarithmic ? LogarithmicTicks(low, high) : LinearTicks(low, high);
    }

    public double Low { get; }

    public double High { get; }

    /// <summary>Round values along the axis.</summary>
    public IReadOnlyList<double> Ticks { get; }

    public bool IsLogarithmic => _isLogarithmic;

    /// <summary>
    /// An axis that covers all values; logarithmic if most values would be crowded at one end of a linear one.
    /// </summary>
    public static ChartScale Around(IReadOnlyCollection<double> values)
    {
        double low = values.Min();
        double high = values.Max();
        double median = values.Order().ElementAt(values.Count / 2);
        if (low > 0 && high / low > 10 && high - low > 6 * (median - low))
        {
            return new ChartScale(low / 1.05, high * 1.05, true);
        }

        double margin = high > low ? 0.03 * (high - low) : Math.Max(1e-9, 0.1 * Math.Abs(high));
        return new ChartScale(low >= 0 ? Math.Max(0, low - margin) : low - margin, high + margin, false);
    }

    /// <summary>The position of a value, from 0 to 1.</summary>
    public double At(double value) => ((_isLogarithmic ? PortableMath.Log(value) : value) - _start) / (_end - _start);

    private static List<double> LinearTicks(double low, double high)
    {
        double step = PowerOfTen((high - low) / 5);
        step *= (high - low) / step > 25 ? 5 : (high - low) / step > 10 ? 2 : 1;
        var ticks = new List<double>();
        for (double i = Math.Ceiling(low / step); i * step <= high * (1 + 1e-12); i++)
        {
            ticks.Add(i * step);
        }

        return ticks;
    }

    private static List<double> LogarithmicTicks(double low, double high)
    {
        var ticks = new List<double>();
        double[] factors = high / low > 1000 ? [1] : [1, 2, 5];
        for (double power = PowerOfTen(low); power <= high; power *= 10)
        {
            ticks.AddRange(factors.Select(factor => factor * power).Where(tick => tick >= low && tick <= high));
        }

        return ticks;
    }

    /// <summary>The largest power of ten not above a positive value.</summary>
    private static double PowerOfTen(double value)
    {
        double power = 1;
        while (power > value)
        {
            power /= 10;
        }

        while (power * 10 <= value)
        {
            power *= 10;
        }

        return power;
    }
}
