namespace SemiDefect.Anomaly.Serialization;

/// <summary>
/// A good image stored as the input of the detector's lanes, with the detector's output at the fit, to be replayed on
/// other machines. Its pixels, features and patch scores are sections of the file. Immutable and thread-safe.
/// </summary>
internal sealed record GoldenRecord
{
    /// <summary>The index of the good image.</summary>
    public required int Image { get; init; }

    /// <summary>The width of the original; 0 in files of format 1, which only store the canvas.</summary>
    public int OriginalWidth { get; init; }

    /// <summary>The height of the original; 0 in files of format 1.</summary>
    public int OriginalHeight { get; init; }

    /// <summary>The input of each lane.</summary>
    public required IReadOnlyList<GoldenLane> Lanes { get; init; }

    /// <summary>The image score.</summary>
    public required double Score { get; init; }

    /// <summary>The maximum of the anomaly map at the working size.</summary>
    public required double Peak { get; init; }
}
