namespace SemiDefect.Anomaly.Evaluation.Samples;

/// <summary>
/// Options of a sample set of wafer maps. Immutable and thread-safe; invalid values are rejected when set.
/// </summary>
public sealed record WaferSampleOptions
{
    private const int Most = 10_000;

    /// <summary>The random seed; other seeds give other maps.</summary>
    public ulong Seed { get; init; } = 2;

    /// <summary>The number of maps without a pattern to fit on, 1 to 10000.</summary>
    /// <exception cref="SemiDefectException">The number is out of range.</exception>
    public int Good
    {
        get;
        init => field = Require(value, "maps without a pattern");
    } = 100;

    /// <summary>The number of maps of each pattern to learn from, 1 to 10000.</summary>
    /// <exception cref="SemiDefectException">The number is out of range.</exception>
    public int Train
    {
        get;
        init => field = Require(value, "maps to learn from");
    } = 20;

    /// <summary>The number of maps of each class to judge, 1 to 10000.</summary>
    /// <exception cref="SemiDefectException">The number is out of range.</exception>
    public int Test
    {
        get;
        init => field = Require(value, "maps to judge");
    } = 20;

    /// <summary>
    /// Whether the maps to judge, nine times <see cref="Test"/> of them, have the classes in the shares of the labeled
    /// maps of WM-811K, but at least one of each.
    /// </summary>
    public bool Imbalanced { get; init; }

    /// <summary>Whether there are also maps with two patterns, as many of each pair as of each pattern.</summary>
    public bool Mixtures { get; init; }

    private static int Require(int value, string what) => value is >= 1 and <= Most
        ? value
        : throw new SemiDefectException($"The number of {what} must be between 1 and {Most}, not {value}.");
}
