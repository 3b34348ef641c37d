namespace SemiDefect.Anomaly.Server.Inspecting;

/// <summary>An image waiting for its batch.</summary>
/// <param name="Image">The network's input.</param>
/// <param name="Name">The name of the image.</param>
/// <param name="Since">When it arrived, as a timestamp of <see cref="System.Diagnostics.Stopwatch"/>.</param>
/// <param name="CancellationToken">Canceled when nobody is waiting for it anymore.</param>
internal sealed record BatchItem(PreparedImage Image, string Name, long Since, CancellationToken CancellationToken)
{
    public TaskCompletionSource<Inspection> Source { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Whether it was canceled; if so, its task is canceled, too.</summary>
    public bool IsCancelled() => CancellationToken.IsCancellationRequested && Source.TrySetCanceled(CancellationToken);
}
