namespace SemiDefect.Anomaly.Fleet;

/// <summary>An image to inspect. Immutable and thread-safe.</summary>
/// <param name="Path">The file.</param>
/// <param name="Name">The name in results; one line.</param>
public sealed record FleetImage(string Path, string Name)
{
    /// <summary>The page of the file, from 1; null for the page that the detector reads.</summary>
    public int? Page { get; init; }
}
