using SemiDefect.Anomaly.Imaging.Codecs;

namespace SemiDefect.Anomaly.Evaluation.Samples;

/// <summary>What sample set to make.</summary>
public sealed record SampleOptions
{
    private readonly int _count = 30;

    /// <summary>What chance starts from; other seeds give other images of the same dies.</summary>
    public ulong Seed { get; init; } = 2;

    /// <summary>
    /// The number of good images per die to learn from, 1 to 10000. A quarter as many good ones and, of every type of
    /// defect, a twentieth as many are made to test with, at least one.
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
