using SemiDefect.Anomaly.Evaluation.Rehearsals;

namespace SemiDefect.Anomaly.Evaluation.Tuning;

/// <summary>The options of a tuning. Immutable and thread-safe.</summary>
public sealed record TuningOptions
{
    /// <summary>The good images held out to plant defects in, 2 to 1000; at most a third of all.</summary>
    /// <exception cref="SemiDefectException">The number is out of range.</exception>
    public int HeldOut
    {
        get;
        init => field = Checked(value, 2, 1000, "The number of images held out for tuning");
    } = 10;

    /// <summary>The good images that each candidate is fitted on at most, 4 to 100000.</summary>
    /// <exception cref="SemiDefectException">The number is out of range.</exception>
    public int Learned
    {
        get;
        init => field = Checked(value, 4, 100_000, "The number of images to learn from while tuning");
    } = 60;

    /// <summary>The number of sizes of each kind, from 4 pixels to a third of the shorter side, 1 to 16.</summary>
    /// <exception cref="SemiDefectException">The number is out of range.</exception>
    public int Sizes
    {
        get;
        init => field = Checked(value, 1, 16, "The number of sizes of planted defects");
    } = 4;

    /// <summary>The kinds of defects; they weigh evenly.</summary>
    public IReadOnlyList<SyntheticDefectKind> Kinds { get; init; } = RehearsalOptions.SoftKinds;

    /// <summary>
    /// The most multiply-adds that an inspection may take (<see cref="InspectionCost"/>), 1 or more; null for no limit.
    /// Where the default takes more, what of it is most costly within the limit takes its place.
    /// </summary>
    /// <exception cref="SemiDefectException">The number is out of range.</exception>
    public long? MaxCost
    {
        get;
        init => field = value is null or >= 1
            ? value
            : throw new SemiDefectException($"The most multiply-adds per inspection must be 1 or more, not {value}.");
    }

    /// <summary>
    /// What a quick tuning does: each picture held out gets as many of the kinds as keep the work within three times
    /// that of the fit itself, and at least one. With few images that proves little, so the default stays.
    /// </summary>
    public static TuningOptions Quick(ulong seed) => new() { HeldOut = 8, Sizes = 4, Seed = seed };

    /// <summary>
    /// What a full tuning does: a third working size, then other ways to score with what was chosen; up to about ten
    /// times the work of the fit itself where there are many images.
    /// </summary>
    public static TuningOptions Full(ulong seed) => new() { HeldOut = 16, Sizes = 4, IsFull = true, Seed = seed };

    /// <summary>
    /// Whether a third working size is tried as well, and smoothing, whitening and the description of neighborhoods
    /// with the networks and sizes that were chosen; combinations are then halved on the way.
    /// </summary>
    public bool IsFull { get; init; }

    /// <summary>How many kinds each picture gets in each size.</summary>
    internal int KindsPerSize { get; init; } = int.MaxValue;

    /// <summary>Decides which images are held out, and the defects.</summary>
    public ulong Seed { get; init; }

    private static int Checked(int value, int least, int most, string name) => value >= least && value <= most
        ? value
        : throw new SemiDefectException($"{name} must be between {least} and {most}, not {value}.");
}
