using System.Text.Json;

namespace SemiDefect.Anomaly.Fleet.Messages;

/// <summary>A view to encode, as it stands in the header of a message. Immutable.</summary>
internal sealed record EncodeTask
{
    /// <summary>The largest side of a view, in pixels.</summary>
    public const int LargestSide = 16384;

    /// <summary>The version of the message.</summary>
    public required int Version { get; init; }

    /// <summary>The run: 32 hexadecimal digits.</summary>
    public required string Run { get; init; }

    /// <summary>The number of the view in the run, from 0.</summary>
    public required long Index { get; init; }

    /// <summary>The encoder: SHA-256 of its description, which is in the object store.</summary>
    public required string Encoder { get; init; }

    /// <summary>Pixels per row.</summary>
    public required int Width { get; init; }

    /// <summary>Rows.</summary>
    public required int Height { get; init; }

    /// <summary>Where the pixels are; null if they are the content of the message.</summary>
    public string? Object { get; init; }

    /// <summary>Reads a task; null, with the reason, if it is not one.</summary>
    public static EncodeTask? Parse(string? text, out string reason)
    {
        try
        {
            EncodeTask? task = text is null ? null : JsonSerializer.Deserialize(text, FleetJson.Default.EncodeTask);
            reason = task switch
            {
                null => "the message has no task",
                { Version: not InspectionTask.CurrentVersion } => $"the task has version {task.Version}, this program "
                    + $"reads {InspectionTask.CurrentVersion}: update the older one of the two",
                _ when !InspectionTask.RunPattern().IsMatch(task.Run) => "the run is not 32 hexadecimal digits",
                _ when !InspectionTask.FingerprintPattern().IsMatch(task.Encoder) => "the encoder is not a SHA-256",
                { Index: < 0 } or { Width: < 1 or > LargestSide } or { Height: < 1 or > LargestSide } =>
                    "the position or the size of the view is out of range",
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

    /// <summary>The header's text.</summary>
    public string ToText() => JsonSerializer.Serialize(this, FleetJson.Default.EncodeTask);
}
