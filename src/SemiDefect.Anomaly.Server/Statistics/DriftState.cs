namespace SemiDefect.Anomaly.Server.Statistics;

/// <summary>Whether the scores of parts taken for good have moved. Immutable.</summary>
/// <param name="Parts">The number of latest parts that are compared.</param>
/// <param name="AgainstGood">How far they rank above the good images' out-of-fold scores, in standard deviations; null
/// if there are too few parts.</param>
/// <param name="AgainstFirst">How far they rank above the first parts that the version inspected, negative if below;
/// null if there are too few parts.</param>
/// <param name="Median">The median of the latest parts; null if there are too few.</param>
/// <param name="FirstMedian">The median of the first parts; null if there are too few.</param>
internal sealed record DriftState(
    int Parts,
    double? AgainstGood,
    double? AgainstFirst,
    double? Median,
    double? FirstMedian)
{
    private const string Few = "few";
    private const string Steady = "steady";
    private const string Drift = "drift";

    /// <summary>The number of latest parts.</summary>
    public const int Latest = 200;

    /// <summary>The most first parts that are compared with.</summary>
    public const int First = 1000;

    /// <summary>
    /// Beyond this many standard deviations, it is a drift: with steady parts, once in about 300,000 independent tests.
    /// </summary>
    public const double Limit = 4.5;

    /// <summary>
    /// Whether there is a drift: above the good images, or on either side of the first parts. Below the good images is
    /// usual, because out-of-fold scores are higher than those of the whole memory bank.
    /// </summary>
    public bool IsDrift => AgainstGood > Limit || Math.Abs(AgainstFirst ?? 0) > Limit;

    /// <summary>The words for a state: too few parts, no drift, a drift.</summary>
    public static IReadOnlyList<string> Words { get; } = [Few, Steady, Drift];

    /// <summary>The word for this state.</summary>
    public string Word => Median is null ? Few : IsDrift ? Drift : Steady;

    /// <summary>The state for scores.</summary>
    /// <param name="good">The good images' out-of-fold scores.</param>
    /// <param name="first">The scores of the first parts.</param>
    /// <param name="latest">The scores of the latest parts, none of which is among the first ones.</param>
    public static DriftState Of(
        IReadOnlyList<double> good,
        IReadOnlyList<double> first,
        IReadOnlyList<double> latest)
    {
        if (latest.Count < Latest)
        {
            return new DriftState(latest.Count, null, null, null, null);
        }

        bool hasFirst = first.Count >= Latest;
        return new DriftState(
            latest.Count,
            good.Count > 0 ? RankTest.Z(latest, good) : null,
            hasFirst ? RankTest.Z(latest, first) : null,
            ScoreQuantiles.Of(latest).Median,
            hasFirst ? ScoreQuantiles.Of(first).Median : null);
    }
}
