namespace SemiDefect.Anomaly.Fleet;

/// <summary>An image or a message that no worker could handle. Immutable and thread-safe.</summary>
/// <param name="Run">The run; "unknown" if the message did not tell.</param>
/// <param name="Name">The image; empty if the message did not tell.</param>
/// <param name="Reason">Why, in one line.</param>
/// <param name="Worker">The worker that gave it up.</param>
/// <param name="Attempts">How often it had been given to a worker.</param>
public sealed record DeadLetter(string Run, string Name, string Reason, string Worker, int Attempts);
