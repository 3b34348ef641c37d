namespace SemiDefect.Anomaly.Serialization;

/// <summary>
/// A good image kept as the detector's lanes see it, with what the detector made of it where it was fitted, to be
/// replayed on other machines. Its pixels, features and patch scores are sections of the file. Immutable and
/// thread-safe.
/// </summary>
internal sealed record GoldenRecord
{
    /// <summary>Which of the good images it is.</summary>
    public required int Image { get; init; }

    /// <summary>Pixels per row of the original; 0 in files of format 1, where the picture kept stands for it.</summary>
    public int OriginalWidth { get; init; }

    /// <summary>Rows of the original; 0 in files of format 1.</summary>
    public int OriginalHeight { get; init; }

    /// <summary>What each lane sees.</summary>
    public required IReadOnlyList<GoldenLane> Lanes { get; init; }

    /// <summary>The image's score.</summary>
    public required double Score { get; init; }

    /// <summary>The highest value of its anomaly map at the working size.</summary>
    public required double Peak { get; init; }
}
