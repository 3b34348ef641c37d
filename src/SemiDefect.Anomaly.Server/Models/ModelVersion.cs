namespace SemiDefect.Anomaly.Server.Models;

/// <summary>A version of a model. Its file never changes. Immutable.</summary>
internal sealed record ModelVersion
{
    private const int IdLength = 16;

    public required string Model { get; init; }

    /// <summary>1, 2, 3 and so on within the model; numbers are not used again.</summary>
    public required int Number { get; init; }

    public required string Sha256 { get; init; }

    public required long Bytes { get; init; }

    public required DateTimeOffset Time { get; init; }

    public required string Actor { get; init; }

    /// <summary>One of <see cref="VersionOrigin"/>.</summary>
    public required string Origin { get; init; }

    /// <summary>The version that it was made from; null for none.</summary>
    public int? Parent { get; init; }

    /// <summary>Versions with the same value give every image the same score: they differ in thresholds only.</summary>
    public required string Scoring { get; init; }

    public required DetectorFacts Facts { get; init; }

    /// <summary>The inspections whose images were added as good ones; empty except for an update.</summary>
    public IReadOnlyList<long> Learned { get; init; } = [];

    /// <summary>When it was last activated; null if it never was.</summary>
    public DateTimeOffset? Activated { get; init; }

    public DateTimeOffset? Discarded { get; init; }

    /// <summary>The version as inspections name it: the first digits of the SHA-256.</summary>
    public string Id => IdOf(Sha256);

    public static string IdOf(string sha256) => sha256[..IdLength];
}
