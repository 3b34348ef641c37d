namespace SemiDefect.Anomaly.Server.Storage;

/// <summary>Operator verdicts on an inspection.</summary>
internal static class Verdicts
{
    /// <summary>The decision was right; of an image to be checked: the part is bad.</summary>
    public const string Confirmed = "confirmed";

    /// <summary>The part is good, but the decision was abnormal or check.</summary>
    public const string FalseAlarm = "false_alarm";

    /// <summary>The part is bad, but the decision was normal.</summary>
    public const string Missed = "missed";

    /// <summary>In a filter: no verdict.</summary>
    public const string None = "none";

    public static IReadOnlyList<string> All { get; } = [Confirmed, FalseAlarm, Missed];
}
