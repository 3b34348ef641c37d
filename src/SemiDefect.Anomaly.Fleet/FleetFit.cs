using System.Collections.Concurrent;
using NATS.Client.Core;
using NATS.Client.JetStream;
using NATS.Client.JetStream.Models;
using SemiDefect.Anomaly.Encoders;
using SemiDefect.Anomaly.Fleet.Connecting;
using SemiDefect.Anomaly.Fleet.Fitting;
using SemiDefect.Anomaly.Fleet.Messages;

namespace SemiDefect.Anomaly.Fleet;

/// <summary>
/// Lets the workers of a fleet run the networks of a fit: give it to <see cref="FitOptions.EncoderHost"/>. The fit
/// sends views and gets their features; everything else is as without a fleet, so the detector is the same, byte for
/// byte.
/// Thread-safe. Memory: the views of a batch (<see cref="FitOptions.BatchSize"/>) and their features.
/// </summary>
public sealed class FleetFit : IEncoderHost, IAsyncDisposable
{
    /// <summary>The number of views sent at once that keeps several workers busy.</summary>
    public const int BatchSize = 32;

    private static readonly TimeSpan AnswerWait = TimeSpan.FromSeconds(60);

    private readonly FleetConnection _connection;
    private readonly string _run = Guid.NewGuid().ToString("N");
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<long, Waiting> _waiting = new();
    private readonly Task _listening;
    private long _next;

    private FleetFit(FleetConnection connection)
    {
        _connection = connection;
        _listening = ListenAsync();
    }

    /// <summary>Connects.</summary>
    /// <exception cref="FleetException">NATS cannot be used.</exception>
    public static async Task<FleetFit> OpenAsync(FleetOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        FleetConnection connection =
            await FleetConnection.OpenAsync(options, cancellationToken).ConfigureAwait(false);
        return new FleetFit(connection);
    }

    /// <inheritdoc/>
    public IPatchEncoder Host(
        IPatchEncoder encoder,
        BackboneFile file,
        IReadOnlyList<string> taps,
        PatchOptions patches)
    {
        ArgumentNullException.ThrowIfNull(encoder);
        ArgumentNullException.ThrowIfNull(file);
        return new FleetEncoder(this, encoder, file, taps, patches);
    }

    /// <summary>Removes what the fit has left on the server, and disconnects.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _listening.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _connection.ForgetAsync(_run).ConfigureAwait(false);
        await _connection.DisposeAsync().ConfigureAwait(false);
        _stop.Dispose();
    }

    /// <summary>Stores an encoder for the workers.</summary>
    /// <returns>Its identity.</returns>
    internal async Task<string> ShareAsync(EncoderRecord record, BackboneFile file, CancellationToken cancellationToken)
    {
        byte[] bytes = record.ToBytes();
        string identity = EncoderRecord.IdentityOf(bytes);
        await PutAsync(EncoderRecord.NetworkKey(file.Sha256), file.Content.ToArray(), cancellationToken)
            .ConfigureAwait(false);
        if (file.Manifest is { } manifest)
        {
            await PutAsync(EncoderRecord.ManifestKey(file.Sha256), manifest.ToJson(), cancellationToken)
                .ConfigureAwait(false);
        }

        await PutAsync(EncoderRecord.Key(identity), bytes, cancellationToken).ConfigureAwait(false);
        return identity;
    }

    /// <summary>Has a view encoded.</summary>
    /// <exception cref="FleetException">A worker could not, or NATS cannot be reached.</exception>
    internal async Task<(int Height, int Width, int Dimension, float[] Vectors)> EncodeAsync(
        string encoder,
        int width,
        int height,
        byte[] pixels,
        CancellationToken cancellationToken)
    {
        long index = Interlocked.Increment(ref _next);
        var waiting = new Waiting();
        _waiting[index] = waiting;
        string? key = pixels.Length <= _connection.Payload ? null : $"{_run}/{index}";
        try
        {
            if (key is not null)
            {
                await FleetRetry.RunAsync(
                    async token => await _connection.Images.PutAsync(key, pixels, token).ConfigureAwait(false),
                    cancellationToken).ConfigureAwait(false);
            }

            string text = new EncodeTask
            {
                Version = InspectionTask.CurrentVersion,
                Run = _run,
                Index = index,
                Encoder = encoder,
                Width = width,
                Height = height,
                Object = key,
            }.ToText();

            // The server gives the task of a dead worker to another one; a lost answer has to be asked for again.
            for (int attempt = 0; ; attempt++)
            {
                await SendAsync(text, key is null ? pixels : [], index, attempt, cancellationToken)
                    .ConfigureAwait(false);
                try
                {
                    return await waiting.Task.WaitAsync(AnswerWait, cancellationToken).ConfigureAwait(false);
                }
                catch (TimeoutException)
                {
                    // Ask again.
                }
            }
        }
        finally
        {
            _waiting.TryRemove(index, out _);
            if (key is not null)
            {
                await _connection.Images.DeleteAsync(key, CancellationToken.None).ConfigureAwait(false);
            }
        }
    }

    private async Task SendAsync(
        string text,
        byte[] pixels,
        long index,
        int attempt,
        CancellationToken cancellationToken)
    {
        PubAckResponse answer = await FleetRetry.RunAsync(
            async token => await _connection.JetStream.PublishAsync(
                FleetNames.Encode(_run),
                pixels,
                opts: new NatsJSPubOpts { MsgId = $"{_run}-{index}-{attempt}" },
                headers: new NatsHeaders { [FleetNames.TaskHeader] = text },
                cancellationToken: token).ConfigureAwait(false),
            cancellationToken).ConfigureAwait(false);
        if (answer.Error is { } error)
        {
            throw new FleetException($"NATS refused a view: {error.Description}");
        }
    }

    private async Task PutAsync(string key, byte[] bytes, CancellationToken cancellationToken) =>
        await FleetRetry.RunAsync(
            async token => await _connection.Files.PutAsync(key, bytes, token).ConfigureAwait(false),
            cancellationToken).ConfigureAwait(false);

    private async Task ListenAsync()
    {
        await foreach (NatsMsg<byte[]> message in _connection.Nats
            .SubscribeAsync<byte[]>(FleetNames.AllFeatures(_run), cancellationToken: _stop.Token)
            .ConfigureAwait(false))
        {
            string last = message.Subject[(message.Subject.LastIndexOf('.') + 1)..];
            if (!long.TryParse(last, out long index) || !_waiting.TryGetValue(index, out Waiting? waiting))
            {
                continue;
            }

            if (message.Headers?.TryGetLastValue(EncodeWork.ErrorHeader, out string? error) == true)
            {
                waiting.Fail(new FleetException($"A worker could not encode a view: {Uri.UnescapeDataString(error)}"));
            }
            else
            {
                waiting.Add(message);
            }
        }
    }

    // Used by the listener only, but for the task.
    private sealed class Waiting
    {
        private readonly TaskCompletionSource<(int, int, int, float[])> _source =
            new(TaskCreationOptions.RunContinuationsAsynchronously);

        private readonly GridParts _parts = new();

        public Task<(int Height, int Width, int Dimension, float[] Vectors)> Task => _source.Task;

        public void Add(NatsMsg<byte[]> message)
        {
            if (_parts.Add(message.Headers, message.Data ?? []) is { } grid)
            {
                _source.TrySetResult(grid);
            }
        }

        public void Fail(Exception error) => _source.TrySetException(error);
    }
}
