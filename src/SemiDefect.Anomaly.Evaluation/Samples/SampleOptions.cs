namespace SemiDefect.Anomaly.Evaluation.Samples;

/// <summary>Options of a sample data set. Immutable and thread-safe.</summary>
public sealed record SampleOptions
{
    private readonly int _count = 30;

    /// <summary>The random seed; other seeds give other images of the same dies.</summary>
    public ulong Seed { get; init; } = 2;

    /// <summary>
    /// The number of good training images per die, 1 to 10000. The test images are a quarter as many good ones and, for
    /// every type of defect, a twentieth as many, but at least one.
    /// </summary>
    /// <exception cref="SemiDefectException">The count is out of range.</exception>
    public int Count
    {
        get => _count;
        init => _count = value is >= 1 and <= 10_000
            ? value
            : throw new SemiDefectException($"The number of sample images must be between 1 and 10000, not {value}.");
    }

    internal int TestGoodCount => (Count + 3) / 4;

    internal int DefectCount => Math.Max(1, Count / 20);
}
