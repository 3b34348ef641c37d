namespace SemiDefect.Anomaly.Server.Storage;

/// <summary>
/// What the line says about an inspected part. Each label has 1 to 100 characters, none of them a control character;
/// null where the line says nothing. Immutable.
/// </summary>
/// <param name="Station">The station that took the image.</param>
/// <param name="Lot">The lot that the part belongs to.</param>
/// <param name="Part">The serial number of the part.</param>
internal sealed record PartLabels(string? Station, string? Lot, string? Part)
{
    private const int Longest = 100;

    public static PartLabels None { get; } = new(null, null, null);

    /// <summary>The labels of a request; empty ones count as not given.</summary>
    /// <exception cref="Api.ProblemException">A label is too long, or contains control characters (422).</exception>
    public static PartLabels Of(string? station, string? lot, string? part) =>
        new(Checked(station, nameof(station)), Checked(lot, nameof(lot)), Checked(part, nameof(part)));

    private static string? Checked(string? label, string name) =>
        string.IsNullOrWhiteSpace(label) ? null
        : label.Length <= Longest && !label.Any(char.IsControl) ? label
        : throw Api.ProblemException.Invalid(
            $"The {name} has 1 to {Longest} characters, without control characters.");
}
