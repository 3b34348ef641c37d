namespace SemiDefect.Anomaly.Server.Jobs;

/// <summary>Where a job stands.</summary>
internal static class JobState
{
    public const string Waiting = "waiting";
    public const string Running = "running";
    public const string Done = "done";
    public const string Failed = "failed";
    public const string Cancelled = "cancelled";

    /// <summary>The server ended before the job did.</summary>
    public const string Interrupted = "interrupted";
}
