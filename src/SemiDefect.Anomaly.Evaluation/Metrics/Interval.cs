namespace SemiDefect.Anomaly.Evaluation.Metrics;

/// <summary>A 95 % interval. Immutable and thread-safe.</summary>
/// <param name="Low">The lower end.</param>
/// <param name="High">The upper end.</param>
public readonly record struct Interval(double Low, double High)
{
    /// <summary>
    /// The 2.5th to the 97.5th percentile of resampled values, linearly interpolated; null if any value is undefined.
    /// </summary>
    internal static Interval? Percentile(IReadOnlyCollection<double?> values)
    {
        if (values.Count == 0 || values.Any(value => value is null))
        {
            return null;
        }

        double[] sorted = [.. values.Select(value => value!.Value).Order()];
        return new Interval(At(sorted, 0.025), At(sorted, 0.975));
    }

    private static double At(double[] sorted, double share)
    {
        double position = share * (sorted.Length - 1);
        int below = (int)Math.Floor(position);
        int above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
    }
}
