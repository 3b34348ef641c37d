using NATS.Client.Core;
using NATS.Client.JetStream;
using SemiDefect.Anomaly.Fleet.Connecting;

namespace SemiDefect.Anomaly.Fleet.Inspecting;

/// <summary>
/// Takes the tasks of a work queue one by one, the next one while the current one is worked on. Several loops may run.
/// </summary>
/// <param name="connection">The connection.</param>
/// <param name="stream">The work queue.</param>
/// <param name="work">Handles a task and answers it; an exception ends the loop, and the task goes back.</param>
internal sealed class TaskLoop(
    FleetConnection connection,
    string stream,
    Func<HeldMessage, CancellationToken, Task> work)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    private INatsJSConsumer? _consumer;

    /// <summary>Runs until it is canceled or a task fails in a way that concerns the worker.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task<HeldMessage?> next = NextAsync(stop.Token);
        try
        {
            while (await next.ConfigureAwait(false) is { } held)
            {
                next = NextAsync(stop.Token);
                await using (held.ConfigureAwait(false))
                {
                    try
                    {
                        await work(held, cancellationToken).ConfigureAwait(false);
                    }
                    catch
                    {
                        await held.GiveBackAsync().ConfigureAwait(false);
                        throw;
                    }
                }
            }
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            if (await next.ConfigureAwait(false) is { } held)
            {
                await using (held.ConfigureAwait(false))
                {
                    await held.GiveBackAsync().ConfigureAwait(false);
                }
            }
        }
    }

    // Null when canceled.
    private async Task<HeldMessage?> NextAsync(CancellationToken cancellationToken)
    {
        var options = new NatsJSNextOpts { Expires = TimeSpan.FromSeconds(8) };
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                _consumer ??= await connection.ConsumerAsync(stream, cancellationToken).ConfigureAwait(false);
                INatsJSMsg<byte[]>? message = await _consumer
                    .NextAsync<byte[]>(opts: options, cancellationToken: cancellationToken)
                    .ConfigureAwait(false);
                if (message is not null)
                {
                    return new HeldMessage(message);
                }
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return null;
            }
            catch (NatsException)
            {
                // The server is away or was started anew: without a consumer in memory, ask for it again.
                _consumer = null;
                await Task.Delay(Pause, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        return null;
    }
}
