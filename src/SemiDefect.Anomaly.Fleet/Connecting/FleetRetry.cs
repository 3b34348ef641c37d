using NATS.Client.Core;
using NATS.Client.JetStream;

namespace SemiDefect.Anomaly.Fleet.Connecting;

/// <summary>Tries again while NATS cannot be reached, for example while it is started anew. Stateless.</summary>
internal static class FleetRetry
{
    /// <summary>After so long without the server, the work is given up.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    /// <summary>Runs work that may be repeated.</summary>
    /// <exception cref="FleetException">NATS could not be reached for <see cref="Patience"/>.</exception>
    public static async Task<T> RunAsync<T>(
        Func<CancellationToken, Task<T>> work,
        CancellationToken cancellationToken)
    {
        long start = Environment.TickCount64;
        while (true)
        {
            try
            {
                return await work(cancellationToken).ConfigureAwait(false);
            }
            catch (NatsException error) when (IsPassing(error))
            {
                if (Environment.TickCount64 - start > Patience.TotalMilliseconds)
                {
                    throw new FleetException(
                        $"NATS has not answered for {Patience.TotalMinutes:0} minutes: {error.Message}", error);
                }

                await Task.Delay(Pause, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Runs work that may be repeated and gives no result.</summary>
    /// <exception cref="FleetException">NATS could not be reached for <see cref="Patience"/>.</exception>
    public static Task RunAsync(Func<CancellationToken, Task> work, CancellationToken cancellationToken) =>
        RunAsync(
            async token =>
            {
                await work(token).ConfigureAwait(false);
                return true;
            },
            cancellationToken);

    /// <summary>Whether an error may go away by itself; a refusal by the server does not.</summary>
    public static bool IsPassing(NatsException error) =>
        error is NatsConnectionFailedException or NatsNoReplyException or NatsNoRespondersException
            or NatsTimeoutException or NatsJSTimeoutException or NatsJSConnectionException
            or NatsJSApiNoResponseException or NatsJSPublishNoResponseException or NatsJSProtocolException
            || (error is NatsJSApiException { Error.Code: 503 or 500 or 408 });
}
