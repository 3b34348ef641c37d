using System.Globalization;
using System.Text;
using System.Text.Json;
using NATS.Client.Core;
using NATS.Client.JetStream;
using NATS.Client.JetStream.Models;
using NATS.Client.KeyValueStore;
using SemiDefect.Anomaly.Fleet.Connecting;
using SemiDefect.Anomaly.Fleet.Messages;
using SemiDefect.Anomaly.Fleet.Models;

namespace SemiDefect.Anomaly.Fleet;

/// <summary>The state of a fleet at one moment. Immutable and thread-safe.</summary>
public sealed record FleetStatus
{
    /// <summary>The live workers, by name.</summary>
    public required IReadOnlyList<WorkerState> Workers { get; init; }

    /// <summary>The workers that were shut out in the last seven days, by name.</summary>
    public required IReadOnlyList<WorkerState> ShutOut { get; init; }

    /// <summary>The models, by name.</summary>
    public required IReadOnlyList<FleetModel> Models { get; init; }

    /// <summary>Images that no worker has taken.</summary>
    public required long Waiting { get; init; }

    /// <summary>Images that workers have taken.</summary>
    public required long Taken { get; init; }

    /// <summary>Of these, how many have been given to a worker more than once.</summary>
    public required long Redelivered { get; init; }

    /// <summary>The age of the oldest image without a result, in seconds; 0 for none.</summary>
    public required double OldestSeconds { get; init; }

    /// <summary>Views of fits that no worker has taken.</summary>
    public required long ViewsWaiting { get; init; }

    /// <summary>Results that their run has not removed yet.</summary>
    public required long Results { get; init; }

    /// <summary>Images and messages given up in the last 30 days.</summary>
    public required long Dead { get; init; }

    /// <summary>The latest of them, the last one first.</summary>
    public required IReadOnlyList<DeadLetter> LatestDead { get; init; }

    /// <summary>Reads the state.</summary>
    /// <param name="options">The connection.</param>
    /// <param name="latest">The number of dead letters to read, 0 to 100.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <exception cref="FleetException">NATS cannot be used.</exception>
    public static async Task<FleetStatus> ReadAsync(
        FleetOptions options,
        int latest,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        FleetConnection connection =
            await FleetConnection.OpenAsync(options, cancellationToken).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            try
            {
                return await ReadAsync(connection, Math.Clamp(latest, 0, 100), cancellationToken)
                    .ConfigureAwait(false);
            }
            catch (NatsException error)
            {
                throw new FleetException($"NATS does not tell its state: {error.Message}", error);
            }
        }
    }

    /// <summary>The state in the text format of Prometheus, with the prefix "semidefect_fleet_".</summary>
    public string ToPrometheus()
    {
        var text = new StringBuilder();
        void Add(string name, string kind, string help, double value) => text.Append(
            CultureInfo.InvariantCulture,
            $"# HELP semidefect_fleet_{name} {help}\n# TYPE semidefect_fleet_{name} {kind}\n"
                + $"semidefect_fleet_{name} {value:R}\n");
        Add("workers", "gauge", "Live workers.", Workers.Count);
        Add("workers_shut_out", "gauge", "Workers shut out in the last seven days.", ShutOut.Count);
        Add("images_waiting", "gauge", "Images that no worker has taken.", Waiting);
        Add("images_taken", "gauge", "Images that workers have taken.", Taken);
        Add("images_redelivered", "gauge", "Taken images that were given to a worker more than once.", Redelivered);
        Add("oldest_seconds", "gauge", "Age of the oldest image without a result.", OldestSeconds);
        Add("views_waiting", "gauge", "Views of fits that no worker has taken.", ViewsWaiting);
        Add("dead_letters", "gauge", "Images and messages given up in the last 30 days.", Dead);
        void AddEach(string name, string help, Func<WorkerState, long> value)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"# HELP semidefect_fleet_{name} {help}\n# TYPE semidefect_fleet_{name} counter\n");
            foreach (WorkerState worker in Workers)
            {
                text.Append(
                    CultureInfo.InvariantCulture,
                    $"semidefect_fleet_{name}{{worker=\"{worker.Name}\"}} {value(worker)}\n");
            }
        }

        AddEach("inspected_total", "Images inspected since the start of the worker.", one => one.Inspected);
        AddEach("encoded_total", "Views encoded since the start of the worker.", one => one.Encoded);
        AddEach("failed_total", "Images and messages given up since the start of the worker.", one => one.Failed);
        return text.ToString();
    }

    private static async Task<FleetStatus> ReadAsync(
        FleetConnection connection,
        int latest,
        CancellationToken cancellationToken)
    {
        INatsJSConsumer inspecting =
            await connection.ConsumerAsync(FleetNames.InspectStream, cancellationToken).ConfigureAwait(false);
        INatsJSConsumer encoding =
            await connection.ConsumerAsync(FleetNames.EncodeStream, cancellationToken).ConfigureAwait(false);
        StreamState images = await StateAsync(connection, FleetNames.InspectStream, cancellationToken)
            .ConfigureAwait(false);
        StreamState results = await StateAsync(connection, FleetNames.ResultStream, cancellationToken)
            .ConfigureAwait(false);
        StreamState dead = await StateAsync(connection, FleetNames.DeadStream, cancellationToken)
            .ConfigureAwait(false);
        bool hasOldest = DateTimeOffset.TryParse(
            images.FirstTs, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset oldest);
        return new FleetStatus
        {
            Workers = await StatesAsync(connection.Workers, cancellationToken).ConfigureAwait(false),
            ShutOut = await StatesAsync(connection.ShutOut, cancellationToken).ConfigureAwait(false),
            Models = await ModelsAsync(connection, cancellationToken).ConfigureAwait(false),
            Waiting = (long)inspecting.Info.NumPending,
            Taken = inspecting.Info.NumAckPending,
            Redelivered = inspecting.Info.NumRedelivered,
            OldestSeconds = images.Messages > 0 && hasOldest
                ? Math.Max(0, Math.Round((DateTimeOffset.UtcNow - oldest).TotalSeconds, 1))
                : 0,
            ViewsWaiting = (long)encoding.Info.NumPending,
            Results = results.Messages,
            Dead = dead.Messages,
            LatestDead = await LettersAsync(connection, dead, latest, cancellationToken).ConfigureAwait(false),
        };
    }

    private static async Task<StreamState> StateAsync(
        FleetConnection connection,
        string stream,
        CancellationToken cancellationToken) =>
        (await connection.JetStream.GetStreamAsync(stream, cancellationToken: cancellationToken)
            .ConfigureAwait(false)).Info.State;

    private static async Task<IReadOnlyList<WorkerState>> StatesAsync(
        INatsKVStore bucket,
        CancellationToken cancellationToken)
    {
        var states = new List<WorkerState>();
        foreach (byte[] value in await ValuesAsync(bucket, cancellationToken).ConfigureAwait(false))
        {
            try
            {
                if (JsonSerializer.Deserialize(value, FleetJson.Default.WorkerState) is { } state)
                {
                    states.Add(state);
                }
            }
            catch (JsonException)
            {
                // Not from a worker.
            }
        }

        return [.. states.OrderBy(state => state.Name, StringComparer.Ordinal)];
    }

    private static async Task<IReadOnlyList<FleetModel>> ModelsAsync(
        FleetConnection connection,
        CancellationToken cancellationToken) =>
    [
        .. (await ValuesAsync(connection.Models, cancellationToken).ConfigureAwait(false))
            .Select(ModelStore.Parse)
            .OfType<FleetModel>()
            .OrderBy(model => model.Name, StringComparer.Ordinal)
    ];

    private static async Task<List<byte[]>> ValuesAsync(INatsKVStore bucket, CancellationToken cancellationToken)
    {
        var values = new List<byte[]>();
        await foreach (string key in bucket.GetKeysAsync(cancellationToken: cancellationToken).ConfigureAwait(false))
        {
            try
            {
                NatsKVEntry<byte[]> entry = await bucket
                    .GetEntryAsync<byte[]>(key, cancellationToken: cancellationToken)
                    .ConfigureAwait(false);
                values.Add(entry.Value ?? []);
            }
            catch (Exception error) when (error is NatsKVKeyNotFoundException or NatsKVKeyDeletedException)
            {
                // Gone since the keys were read.
            }
        }

        return values;
    }

    private static async Task<IReadOnlyList<DeadLetter>> LettersAsync(
        FleetConnection connection,
        StreamState state,
        int latest,
        CancellationToken cancellationToken)
    {
        INatsJSStream stream = await connection.JetStream
            .GetStreamAsync(FleetNames.DeadStream, cancellationToken: cancellationToken)
            .ConfigureAwait(false);
        var letters = new List<DeadLetter>();
        for (ulong sequence = state.LastSeq;
            letters.Count < latest && state.Messages > 0 && sequence >= Math.Max(1, state.FirstSeq);
            sequence--)
        {
            try
            {
                StreamMsgGetResponse message = await stream
                    .GetAsync(new StreamMsgGetRequest { Seq = sequence }, cancellationToken)
                    .ConfigureAwait(false);
                if (JsonSerializer.Deserialize(message.Message.Data.Span, FleetJson.Default.DeadLetter) is { } letter)
                {
                    letters.Add(letter);
                }
            }
            catch (Exception error) when (error is JsonException or NatsJSApiException)
            {
                // Removed, or not from a worker.
            }
        }

        return letters;
    }
}
