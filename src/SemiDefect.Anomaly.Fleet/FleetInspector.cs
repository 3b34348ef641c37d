using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Text.Json;
using NATS.Client.Core;
using NATS.Client.JetStream;
using NATS.Client.JetStream.Models;
using NATS.Client.ObjectStore;
using SemiDefect.Anomaly.Fleet.Connecting;
using SemiDefect.Anomaly.Fleet.Messages;
using SemiDefect.Anomaly.Fleet.Models;
using SemiDefect.Anomaly.Scoring;

namespace SemiDefect.Anomaly.Fleet;

/// <summary>
/// Has single images inspected by the workers of a fleet, with their maps, for a server that answers requests.
/// Thread-safe. Memory: the images and the maps on their way.
/// </summary>
public sealed class FleetInspector : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly FleetConnection _connection;
    private readonly ModelStore _models;
    private readonly string _run = Guid.NewGuid().ToString("N");
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<int, TaskCompletionSource<FleetInspection>> _waiting = new();
    private readonly ConcurrentDictionary<string, bool> _stored = new(StringComparer.Ordinal);
    private readonly Task _receiving;
    private int _next = -1;

    private FleetInspector(FleetConnection connection)
    {
        _connection = connection;
        _models = new ModelStore(connection);
        _receiving = ReceiveAsync();
    }

    /// <summary>Connects.</summary>
    /// <exception cref="FleetException">NATS cannot be used.</exception>
    public static async Task<FleetInspector> OpenAsync(FleetOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new FleetInspector(
            await FleetConnection.OpenAsync(options, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Inspects an encoded image.</summary>
    /// <param name="detector">The detector file, which the fleet gets unless it has it.</param>
    /// <param name="fingerprint">Its fingerprint.</param>
    /// <param name="image">The image.</param>
    /// <param name="name">The name of the image.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="SemiDefectException">
    /// The image cannot be inspected, or NATS cannot be used; the message says which.
    /// </exception>
    public async Task<MappedInspection> InspectAsync(
        string detector,
        string fingerprint,
        ReadOnlyMemory<byte> image,
        string name,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (!_stored.ContainsKey(fingerprint))
        {
            await FleetRetry.RunAsync(
                token => _models.StoreAsync(fingerprint, detector, token), cancellationToken).ConfigureAwait(false);
            _stored[fingerprint] = true;
        }

        int index = Interlocked.Increment(ref _next);
        byte[] bytes = image.ToArray();
        var task = new InspectionTask
        {
            Version = InspectionTask.CurrentVersion,
            Run = _run,
            Index = index,
            Model = fingerprint,
            Name = InspectionTask.IsName(name) ? name : $"image {index}",
            Object = bytes.Length > _connection.Payload ? $"{_run}/{index}" : null,
            WithMap = true,
        };
        var source = new TaskCompletionSource<FleetInspection>(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting[index] = source;
        try
        {
            await _connection.SendAsync(task, bytes, 0, cancellationToken).ConfigureAwait(false);
            FleetInspection result = await source.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
            return result.Error is { } error
                ? throw new SemiDefectException(error)
                : await WithMapAsync(result, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _waiting.TryRemove(index, out _);
            foreach (string key in new[] { task.Object, FleetNames.Map(_run, index) }.OfType<string>())
            {
                // Nobody has to wait for it.
                _ = _connection.DeleteImageAsync(key);
            }
        }
    }

    /// <summary>Removes what is left on the server, and disconnects.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _receiving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _connection.ForgetAsync(_run).ConfigureAwait(false);
        await _connection.DisposeAsync().ConfigureAwait(false);
        _stop.Dispose();
    }

    private async Task<MappedInspection> WithMapAsync(FleetInspection result, CancellationToken cancellationToken)
    {
        if (result.Detail is not { } detail)
        {
            throw new FleetException($"The worker {result.Worker} gave no map: update it.");
        }

        byte[] bytes;
        try
        {
            bytes = await FleetRetry.RunAsync(
                async token => await _connection.Images
                    .GetBytesAsync(FleetNames.Map(_run, result.Index), token)
                    .ConfigureAwait(false),
                cancellationToken).ConfigureAwait(false);
        }
        catch (NatsObjNotFoundException error)
        {
            throw new FleetException($"The map of '{result.Name}' is not in the object store.", error);
        }

        (int width, int height) = (detail.Geometry.InputWidth, detail.Geometry.InputHeight);
        return width > 0 && height > 0 && bytes.LongLength == (long)width * height * sizeof(float)
            ? new MappedInspection(
                result, detail, new AnomalyMap(width, height, MemoryMarshal.Cast<byte, float>(bytes).ToArray()))
            : throw new FleetException($"The map of '{result.Name}' has another size than its inspection.");
    }

    private async Task ReceiveAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                INatsJSConsumer consumer =
                    await _connection.ResultsAsync(_run, _stop.Token).ConfigureAwait(false);
                await foreach (INatsJSMsg<byte[]> message in consumer
                    .ConsumeAsync<byte[]>(cancellationToken: _stop.Token)
                    .ConfigureAwait(false))
                {
                    await AcceptAsync(message).ConfigureAwait(false);
                }
            }
            catch (NatsException)
            {
                // The server is away or was started anew; results that were not acknowledged come again.
            }

            await Task.Delay(Pause, _stop.Token).ConfigureAwait(false);
        }
    }

    private async Task AcceptAsync(INatsJSMsg<byte[]> message)
    {
        try
        {
            if (message.Data is { } data
                && JsonSerializer.Deserialize(data, FleetJson.Default.FleetInspection) is { } result
                && message.Subject == FleetNames.Result(_run, result.Index)
                && _waiting.TryGetValue(result.Index, out TaskCompletionSource<FleetInspection>? source))
            {
                source.TrySetResult(result);
            }
        }
        catch (JsonException)
        {
            // Not from a worker.
        }

        await message.AckAsync(cancellationToken: _stop.Token).ConfigureAwait(false);

        // A server runs for months; its results must not pile up.
        if (message.Metadata is { } metadata)
        {
            await _connection.JetStream.DeleteMessageAsync(
                FleetNames.ResultStream,
                new StreamMsgDeleteRequest { Seq = metadata.Sequence.Stream, NoErase = true },
                _stop.Token).ConfigureAwait(false);
        }
    }
}
