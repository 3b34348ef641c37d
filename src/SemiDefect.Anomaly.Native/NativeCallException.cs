namespace SemiDefect.Anomaly.Native;

/// <summary>A call that cannot be served, with the status to return.</summary>
internal sealed class NativeCallException(Status status, string message) : Exception(message)
{
    public Status Status { get; } = status;
}
