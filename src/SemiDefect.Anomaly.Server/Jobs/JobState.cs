namespace SemiDefect.Anomaly.Server.Jobs;

/// <summary>States of a job.</summary>
internal static class JobState
{
    public const string Waiting = "waiting";
    public const string Running = "running";
    public const string Done = "done";
    public const string Failed = "failed";
    public const string Cancelled = "cancelled";

    /// <summary>The server stopped before the job was done.</summary>
    public const string Interrupted = "interrupted";
}
