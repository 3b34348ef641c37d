namespace SemiDefect.Anomaly.Serialization;

/// <summary>A golden image in a header of format 1. Immutable and thread-safe.</summary>
internal sealed record Format1Golden
{
    public required int Image { get; init; }

    public required int Width { get; init; }

    public required int Height { get; init; }

    public required int GridWidth { get; init; }

    public required int GridHeight { get; init; }

    public required IReadOnlyList<int> Patches { get; init; }

    public required double Score { get; init; }

    public required double Peak { get; init; }

    public GoldenRecord Upgrade() => new()
    {
        Image = Image,
        Lanes = [new GoldenLane(Width, Height, Patches)],
        Score = Score,
        Peak = Peak,
    };
}
