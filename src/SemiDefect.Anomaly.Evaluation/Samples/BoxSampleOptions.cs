namespace SemiDefect.Anomaly.Evaluation.Samples;

/// <summary>
/// Options of a sample data set with boxes. The defaults are the numbers of the study that this project grew out of.
/// Immutable and thread-safe; invalid values are rejected when set.
/// </summary>
public sealed record BoxSampleOptions
{
    private const int Most = 10_000;

    /// <summary>The random seed; other seeds give other images of the same die.</summary>
    public ulong Seed { get; init; } = 2;

    /// <summary>The number of good images, 1 to 10000.</summary>
    /// <exception cref="SemiDefectException">The number is out of range.</exception>
    public int Good
    {
        get;
        init => field = Require(value, "good images");
    } = 60;

    /// <summary>The number of images with defects to learn from, 1 to 10000.</summary>
    /// <exception cref="SemiDefectException">The number is out of range.</exception>
    public int Train
    {
        get;
        init => field = Require(value, "images to learn from");
    } = 93;

    /// <summary>The number of images with defects to judge, 1 to 10000.</summary>
    /// <exception cref="SemiDefectException">The number is out of range.</exception>
    public int Test
    {
        get;
        init => field = Require(value, "images to judge");
    } = 344;

    private static int Require(int value, string what) => value is >= 1 and <= Most
        ? value
        : throw new SemiDefectException($"The number of {what} must be between 1 and {Most}, not {value}.");
}
