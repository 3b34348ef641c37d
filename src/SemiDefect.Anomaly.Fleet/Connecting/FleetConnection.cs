using System.Net.Sockets;
using NATS.Client.Core;
using NATS.Client.JetStream;
using NATS.Client.JetStream.Models;
using NATS.Client.KeyValueStore;
using NATS.Client.ObjectStore;
using SemiDefect.Anomaly.Fleet.Messages;

namespace SemiDefect.Anomaly.Fleet.Connecting;

/// <summary>
/// A connection to NATS, with the streams and buckets of the fleet, which are created if they are missing. Existing
/// ones are used as they are, so that an operator may set replicas and limits. Thread-safe.
/// </summary>
internal sealed class FleetConnection : IAsyncDisposable
{
    /// <summary>A worker that says nothing for so long has lost its task to another.</summary>
    public static readonly TimeSpan AckWait = TimeSpan.FromSeconds(15);

    /// <summary>A worker that has not been heard of for so long is no longer listed.</summary>
    public static readonly TimeSpan WorkerLife = TimeSpan.FromSeconds(30);

    // Room for headers within the largest message of the server, at most half of it.
    private const int HeaderRoom = 64 << 10;

    private const int LeastMessage = 64 << 10;

    private const int NotFound = 404;

    private readonly NatsConnection _nats;

    private FleetConnection(NatsConnection nats)
    {
        _nats = nats;
        JetStream = new NatsJSContext(nats);
    }

    /// <summary>The connection itself.</summary>
    public INatsConnection Nats => _nats;

    /// <summary>Streams.</summary>
    public NatsJSContext JetStream { get; }

    /// <summary>The current version of each model.</summary>
    public INatsKVStore Models { get; private set; } = null!;

    /// <summary>The live workers.</summary>
    public INatsKVStore Workers { get; private set; } = null!;

    /// <summary>The workers that were shut out.</summary>
    public INatsKVStore ShutOut { get; private set; } = null!;

    /// <summary>How often the inspection of an image was begun.</summary>
    public INatsKVStore Suspects { get; private set; } = null!;

    /// <summary>Detectors and networks.</summary>
    public INatsObjStore Files { get; private set; } = null!;

    /// <summary>Large images.</summary>
    public INatsObjStore Images { get; private set; } = null!;

    /// <summary>The number of bytes that fit into one message beside its headers.</summary>
    public int Payload
    {
        get
        {
            int most = _nats.ServerInfo?.MaxPayload ?? LeastMessage;
            return most - Math.Min(HeaderRoom, most / 2);
        }
    }

    /// <summary>Connects, and creates what is missing.</summary>
    /// <exception cref="FleetException">NATS cannot be reached or has no JetStream.</exception>
    public static async Task<FleetConnection> OpenAsync(FleetOptions options, CancellationToken cancellationToken)
    {
        options.Validate();
        var nats = new NatsConnection(new NatsOpts
        {
            Url = $"{options.Server.Scheme}://{options.Server.Authority}",
            Name = "semidefect",
            AuthOpts = new NatsAuthOpts { CredsFile = options.CredentialsFile },
            TlsOpts = new NatsTlsOpts
            {
                Mode = options.IsEncrypted ? TlsMode.Require : TlsMode.Auto,
                CaFile = options.AuthorityFile,
            },
            RequestTimeout = TimeSpan.FromSeconds(10),
            MaxReconnectRetry = -1,
            ReconnectWaitMax = TimeSpan.FromSeconds(2),
            SubPendingChannelFullMode = System.Threading.Channels.BoundedChannelFullMode.Wait,
        });
        var connection = new FleetConnection(nats);
        try
        {
            await nats.ConnectAsync().AsTask().WaitAsync(cancellationToken).ConfigureAwait(false);
            if (nats.ServerInfo?.JetStreamAvailable != true)
            {
                throw new FleetException(
                    $"The NATS server at {options.Server.Authority} has no JetStream: start it with -js.");
            }

            if (nats.ServerInfo.MaxPayload < LeastMessage)
            {
                throw new FleetException(
                    $"The NATS server at {options.Server.Authority} takes messages of {nats.ServerInfo.MaxPayload} "
                        + $"bytes: set max_payload to {LeastMessage} or more.");
            }

            await connection.CreateAsync(cancellationToken).ConfigureAwait(false);
            return connection;
        }
        catch (Exception error) when (error is NatsException or SocketException or IOException
            or System.Security.Authentication.AuthenticationException)
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            string reason = (error.InnerException ?? error).Message;
            throw new FleetException($"Cannot use NATS at {options.Server.Authority}: {reason}", error);
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>The consumer of a work queue that all workers share.</summary>
    public async Task<INatsJSConsumer> ConsumerAsync(string stream, CancellationToken cancellationToken) =>
        await JetStream.CreateOrUpdateConsumerAsync(
            stream,
            new ConsumerConfig(FleetNames.Consumer)
            {
                AckPolicy = ConsumerConfigAckPolicy.Explicit,
                AckWait = AckWait,
                MaxDeliver = -1,
                MaxAckPending = 100_000,
                MaxWaiting = 10_000,
            },
            cancellationToken).ConfigureAwait(false);

    /// <summary>Sends an image to the workers, or its task only if the image is elsewhere.</summary>
    /// <exception cref="FleetException">NATS refused it, or cannot be reached.</exception>
    public async Task SendAsync(
        InspectionTask task,
        byte[] image,
        int attempt,
        CancellationToken cancellationToken)
    {
        if (task.Object is { } key)
        {
            await FleetRetry.RunAsync(
                async token => await Images.PutAsync(key, image, token).ConfigureAwait(false),
                cancellationToken).ConfigureAwait(false);
        }

        PubAckResponse answer = await FleetRetry.RunAsync(
            async token => await JetStream.PublishAsync(
                FleetNames.Inspect(task.Run),
                task.Object is null && task.Path is null ? image : [],
                opts: new NatsJSPubOpts { MsgId = $"{task.Run}-{task.Index}-{attempt}" },
                headers: new NatsHeaders { [FleetNames.TaskHeader] = task.ToText() },
                cancellationToken: token).ConfigureAwait(false),
            cancellationToken).ConfigureAwait(false);
        if (answer.Error is { } error)
        {
            throw new FleetException($"NATS refused an image: {error.Description}");
        }
    }

    /// <summary>Deletes an object, if it is there.</summary>
    public async Task DeleteImageAsync(string key)
    {
        try
        {
            await Images.DeleteAsync(key).ConfigureAwait(false);
        }
        catch (NatsException)
        {
            // It expires.
        }
    }

    /// <summary>The consumer of the results of a run; it survives a restart of the server.</summary>
    public async Task<INatsJSConsumer> ResultsAsync(string run, CancellationToken cancellationToken) =>
        await JetStream.CreateOrUpdateConsumerAsync(
            FleetNames.ResultStream,
            new ConsumerConfig(run)
            {
                // Servers before 2.10 know a single filter only.
                FilterSubject = FleetNames.Results(run),
                AckPolicy = ConsumerConfigAckPolicy.Explicit,
                AckWait = AckWait,
                MaxAckPending = 10_000,
                InactiveThreshold = TimeSpan.FromHours(1),
            },
            cancellationToken).ConfigureAwait(false);

    /// <summary>
    /// Removes what a run has left in the streams, if the server answers; otherwise, it expires, and no other run has
    /// this identity.
    /// </summary>
    public async Task ForgetAsync(string run)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        try
        {
            await ForgetAsync(run, patience.Token).ConfigureAwait(false);
        }
        catch (Exception error) when (error is NatsException or OperationCanceledException)
        {
            // The server is away.
        }
    }

    private async Task ForgetAsync(string run, CancellationToken cancellationToken)
    {
        try
        {
            await JetStream.DeleteConsumerAsync(FleetNames.ResultStream, run, cancellationToken).ConfigureAwait(false);
        }
        catch (NatsJSApiException error) when (error.Error.Code == NotFound)
        {
            // A fit has none.
        }

        foreach ((string stream, string filter) in new[]
        {
            (FleetNames.InspectStream, FleetNames.Inspect(run)),
            (FleetNames.EncodeStream, FleetNames.Encode(run)),
            (FleetNames.ResultStream, FleetNames.Results(run)),
        })
        {
            await JetStream.PurgeStreamAsync(stream, new StreamPurgeRequest { Filter = filter }, cancellationToken)
                .ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _nats.DisposeAsync();

    private async Task CreateAsync(CancellationToken cancellationToken)
    {
        var day = TimeSpan.FromDays(1);
        await StreamAsync(
            new StreamConfig(FleetNames.InspectStream, [FleetNames.Every("inspect")])
            {
                Retention = StreamConfigRetention.Workqueue,
                MaxAge = day,
            },
            cancellationToken).ConfigureAwait(false);
        await StreamAsync(
            new StreamConfig(FleetNames.EncodeStream, [FleetNames.Every("encode")])
            {
                Retention = StreamConfigRetention.Workqueue,
                Storage = StreamConfigStorage.Memory,
                MaxAge = TimeSpan.FromHours(1),
            },
            cancellationToken).ConfigureAwait(false);

        // A second result of an image is refused, however late it comes.
        await StreamAsync(
            new StreamConfig(FleetNames.ResultStream, [FleetNames.Every("result")])
            {
                MaxMsgsPerSubject = 1,
                Discard = StreamConfigDiscard.New,
                DiscardNewPerSubject = true,
                MaxAge = day,
            },
            cancellationToken).ConfigureAwait(false);
        await StreamAsync(
            new StreamConfig(FleetNames.DeadStream, [FleetNames.Every("dead")])
            {
                MaxAge = 30 * day,
                MaxMsgs = 1_000_000,
            },
            cancellationToken).ConfigureAwait(false);
        var keys = new NatsKVContext(JetStream);
        Models = await KeysAsync(keys, new NatsKVConfig(FleetNames.ModelBucket), cancellationToken)
            .ConfigureAwait(false);
        Workers = await KeysAsync(
            keys,
            new NatsKVConfig(FleetNames.WorkerBucket) { MaxAge = WorkerLife, Storage = NatsKVStorageType.Memory },
            cancellationToken).ConfigureAwait(false);
        ShutOut = await KeysAsync(
            keys,
            new NatsKVConfig(FleetNames.ShutOutBucket) { MaxAge = 7 * day },
            cancellationToken).ConfigureAwait(false);
        Suspects = await KeysAsync(
            keys,
            new NatsKVConfig(FleetNames.SuspectBucket) { MaxAge = day },
            cancellationToken).ConfigureAwait(false);
        var objects = new NatsObjContext(JetStream);
        Files = await ObjectsAsync(objects, new NatsObjConfig(FleetNames.FileBucket), cancellationToken)
            .ConfigureAwait(false);
        Images = await ObjectsAsync(
            objects,
            new NatsObjConfig(FleetNames.ImageBucket) { MaxAge = day },
            cancellationToken).ConfigureAwait(false);
    }

    private async Task StreamAsync(StreamConfig config, CancellationToken cancellationToken)
    {
        try
        {
            await JetStream.GetStreamAsync(config.Name!, cancellationToken: cancellationToken).ConfigureAwait(false);
        }
        catch (NatsJSApiException error) when (error.Error.Code == NotFound)
        {
            await JetStream.CreateOrUpdateStreamAsync(config, cancellationToken).ConfigureAwait(false);
        }
    }

    private static async Task<INatsKVStore> KeysAsync(
        NatsKVContext keys,
        NatsKVConfig config,
        CancellationToken cancellationToken)
    {
        try
        {
            return await keys.GetStoreAsync(config.Bucket, cancellationToken).ConfigureAwait(false);
        }
        catch (NatsJSApiException error) when (error.Error.Code == NotFound)
        {
            return await keys.CreateStoreAsync(config, cancellationToken).ConfigureAwait(false);
        }
    }

    private static async Task<INatsObjStore> ObjectsAsync(
        NatsObjContext objects,
        NatsObjConfig config,
        CancellationToken cancellationToken)
    {
        try
        {
            return await objects.GetObjectStoreAsync(config.Bucket, cancellationToken).ConfigureAwait(false);
        }
        catch (NatsJSApiException error) when (error.Error.Code == NotFound)
        {
            return await objects.CreateObjectStoreAsync(config, cancellationToken).ConfigureAwait(false);
        }
    }
}
