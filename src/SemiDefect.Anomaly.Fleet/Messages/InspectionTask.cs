using System.Text.Json;
using System.Text.RegularExpressions;

namespace SemiDefect.Anomaly.Fleet.Messages;

/// <summary>An image to inspect, as it stands in the header of a message. Immutable.</summary>
internal sealed partial record InspectionTask
{
    /// <summary>The version that this program writes and the newest that it reads.</summary>
    public const int CurrentVersion = 1;

    /// <summary>The longest name of an image, in characters.</summary>
    public const int LongestName = 4096;

    /// <summary>The version of the message.</summary>
    public required int Version { get; init; }

    /// <summary>The run: 32 hexadecimal digits.</summary>
    public required string Run { get; init; }

    /// <summary>The position of the image in the run, from 0.</summary>
    public required int Index { get; init; }

    /// <summary>The fingerprint of the detector.</summary>
    public required string Model { get; init; }

    /// <summary>The name of the image in results.</summary>
    public required string Name { get; init; }

    /// <summary>The page of the file; null for that of the detector.</summary>
    public int? Page { get; init; }

    /// <summary>Where the image is; null if it is the content of the message.</summary>
    public string? Object { get; init; }

    /// <summary>The path of the image on a disk that the workers share; null if it is sent.</summary>
    public string? Path { get; init; }

    /// <summary>SHA-256 of the file behind <see cref="Path"/>, so that all machines mean the same file.</summary>
    public string? Sha256 { get; init; }

    /// <summary>Whether the map is wanted as well, with what a server keeps of an inspection.</summary>
    public bool WithMap { get; init; }

    /// <summary>Reads a task; null, with the reason, if it is not one.</summary>
    public static InspectionTask? Parse(string? text, out string reason)
    {
        reason = string.Empty;
        try
        {
            InspectionTask? task = text is null
                ? null
                : JsonSerializer.Deserialize(text, FleetJson.Default.InspectionTask);
            reason = task switch
            {
                null => "the message has no task",
                { Version: not CurrentVersion } => $"the task has version {task.Version}, this program reads "
                    + $"{CurrentVersion}: update the older one of the two",
                { Index: < 0 } => "the position of the image is negative",
                _ when !RunPattern().IsMatch(task.Run) => "the run is not 32 hexadecimal digits",
                _ when !FingerprintPattern().IsMatch(task.Model) => "the model is not a fingerprint",
                _ when !IsName(task.Name) => "the name is not one line",
                { Page: < 1 } => "the page is below 1",
                { Object: not null, Path: not null } => "the image is in two places",
                { Path: not null, Sha256: null } => "the path has no SHA-256",
                _ => string.Empty,
            };
            return reason.Length == 0 ? task : null;
        }
        catch (JsonException error)
        {
            reason = $"the task cannot be read: {error.Message.ReplaceLineEndings(" ")}";
            return null;
        }
    }

    /// <summary>Whether a text can name an image.</summary>
    public static bool IsName(string text) => text.Length <= LongestName && !text.Any(char.IsControl);

    /// <summary>The header's text.</summary>
    public string ToText() => JsonSerializer.Serialize(this, FleetJson.Default.InspectionTask);

    [GeneratedRegex("^[0-9a-f]{32}$")]
    internal static partial Regex RunPattern();

    [GeneratedRegex("^[0-9a-f]{64}$")]
    internal static partial Regex FingerprintPattern();
}
