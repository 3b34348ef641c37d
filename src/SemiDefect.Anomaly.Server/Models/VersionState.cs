namespace SemiDefect.Anomaly.Server.Models;

/// <summary>States of a version, as the API names them.</summary>
internal static class VersionState
{
    /// <summary>It decides on the line.</summary>
    public const string Active = "active";

    /// <summary>It was active before.</summary>
    public const string Kept = "kept";

    /// <summary>It was never active.</summary>
    public const string Candidate = "candidate";

    /// <summary>Somebody does not want it.</summary>
    public const string Discarded = "discarded";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [Active, Kept, Candidate, Discarded];

    /// <summary>The state of a version.</summary>
    public static string Of(ModelVersion version, ModelVersion? active) =>
        version.Number == active?.Number ? Active
            : version.Discarded > (version.Activated ?? DateTimeOffset.MinValue) ? Discarded
            : version.Activated is not null ? Kept
            : Candidate;
}
