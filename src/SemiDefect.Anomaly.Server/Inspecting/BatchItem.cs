using SemiDefect.Anomaly.Views;

namespace SemiDefect.Anomaly.Server.Inspecting;

/// <summary>An image that waits for its batch.</summary>
/// <param name="Image">The network's input.</param>
/// <param name="Name">What it is called.</param>
/// <param name="Since">When it came, by <see cref="System.Diagnostics.Stopwatch"/>.</param>
/// <param name="CancellationToken">Cancelled when nobody waits for it any more.</param>
internal sealed record BatchItem(PreparedImage Image, string Name, long Since, CancellationToken CancellationToken)
{
    public TaskCompletionSource<Inspection> Source { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Whether it was cancelled, which ends it.</summary>
    public bool IsCancelled() => CancellationToken.IsCancellationRequested && Source.TrySetCanceled(CancellationToken);
}
