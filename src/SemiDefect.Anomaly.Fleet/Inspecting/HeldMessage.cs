using NATS.Client.Core;
using NATS.Client.JetStream;
using SemiDefect.Anomaly.Fleet.Connecting;

namespace SemiDefect.Anomaly.Fleet.Inspecting;

/// <summary>
/// A task that this worker has taken: until it is answered or disposed of, the server is told that the work goes on, so
/// that it gives the task to no other worker. Not thread-safe.
/// </summary>
internal sealed class HeldMessage : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _keeping;

    public HeldMessage(INatsJSMsg<byte[]> message)
    {
        Message = message;
        _keeping = KeepAsync();
    }

    /// <summary>The message.</summary>
    public INatsJSMsg<byte[]> Message { get; }

    /// <summary>How often the task has been given to a worker, this time included.</summary>
    public int Attempts => (int)Math.Min(Message.Metadata?.NumDelivered ?? 1, int.MaxValue);

    /// <summary>The description of the task; null if the message has none.</summary>
    public string? Task =>
        Message.Headers is { } headers && headers.TryGetLastValue(FleetNames.TaskHeader, out string? text)
            ? text
            : null;

    /// <summary>The task is done.</summary>
    public Task DoneAsync() => AnswerAsync(token => Message.AckAsync(cancellationToken: token));

    /// <summary>The task goes back to the queue, after this worker has stopped asking for tasks.</summary>
    public Task GiveBackAsync() =>
        AnswerAsync(token => Message.NakAsync(new AckOpts { NakDelay = TimeSpan.FromSeconds(1) }, token));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _keeping.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    // Without the answer, the server gives the task to a worker again, and its second result is refused.
    private static async Task AnswerAsync(Func<CancellationToken, ValueTask> answer)
    {
        using var patience = new CancellationTokenSource(FleetConnection.AckWait);
        try
        {
            await answer(patience.Token).ConfigureAwait(false);
        }
        catch (Exception error) when (error is NatsException or OperationCanceledException)
        {
            // The server is away.
        }
    }

    private async Task KeepAsync()
    {
        using var timer = new PeriodicTimer(FleetConnection.AckWait / 3);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token).ConfigureAwait(false))
            {
                try
                {
                    await Message.AckProgressAsync(cancellationToken: _stop.Token).ConfigureAwait(false);
                }
                catch (NatsException)
                {
                    // The server is away; the next tick tries again.
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Answered.
        }
    }
}
