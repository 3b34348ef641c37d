namespace SemiDefect.Anomaly.Serialization;

/// <summary>
/// A good image kept as the network's input, with what the detector made of it where it was fitted, to be replayed on
/// other machines. Its pixels, features and patch scores are sections of the file.
/// </summary>
public sealed record GoldenRecord
{
    /// <summary>Which of the good images it is.</summary>
    public required int Image { get; init; }

    /// <summary>Pixels per row of the input.</summary>
    public required int Width { get; init; }

    /// <summary>Rows of the input.</summary>
    public required int Height { get; init; }

    /// <summary>Patches per row.</summary>
    public required int GridWidth { get; init; }

    /// <summary>Rows of patches.</summary>
    public required int GridHeight { get; init; }

    /// <summary>The patches (y x grid width + x) whose features are kept, ascending.</summary>
    public required IReadOnlyList<int> Patches { get; init; }

    /// <summary>The image's score.</summary>
    public required double Score { get; init; }

    /// <summary>The highest value of its anomaly map at the input's size.</summary>
    public required double Peak { get; init; }
}
