using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using System.Text.Json;
using NATS.Client.Core;
using NATS.Client.KeyValueStore;
using SemiDefect.Anomaly.Fleet.Connecting;
using SemiDefect.Anomaly.Fleet.Fitting;
using SemiDefect.Anomaly.Fleet.Inspecting;
using SemiDefect.Anomaly.Fleet.Messages;
using SemiDefect.Anomaly.Fleet.Models;

namespace SemiDefect.Anomaly.Fleet;

/// <summary>
/// A worker: takes images to inspect and views to encode from NATS until it is stopped. Each detector and each encoder
/// is first checked against what its maker recorded; a worker that computes anything else is shut out. Run once.
/// </summary>
public sealed class FleetWorker
{
    private readonly FleetWorkerOptions _options;
    private readonly Func<string, IFleetDetector> _open;
    private readonly WorkerCounters _counters = new();
    private readonly DateTimeOffset _started = DateTimeOffset.UtcNow;

    /// <summary>Prepares a worker.</summary>
    /// <exception cref="FleetException">The name cannot be used, or the connection would be unsafe.</exception>
    public FleetWorker(FleetWorkerOptions options)
        : this(options, null)
    {
    }

    internal FleetWorker(FleetWorkerOptions options, Func<string, IFleetDetector>? open)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (!ModelStore.IsName(options.Name))
        {
            throw new FleetException($"'{options.Name}' is not a name: letters, digits, '-', '_' and '.'.");
        }

        options.Fleet.Validate();
        Threads = options.Threads == 0 ? Environment.ProcessorCount : options.Threads;
        _options = options with { Load = options.Load with { Threads = Threads } };
        _open = open ?? (path => LoadedDetector.Open(path, _options.Load));
    }

    /// <summary>The number of images inspected at once.</summary>
    public int Threads { get; }

    private static string InstructionSet =>
        Avx512F.IsSupported ? "AVX-512" : Avx2.IsSupported ? "AVX2" : "no AVX2";

    /// <summary>Works until it is canceled; then gives back what it had taken.</summary>
    /// <exception cref="ShutOutException">This machine computes other results.</exception>
    /// <exception cref="FleetException">NATS cannot be used.</exception>
    /// <exception cref="OperationCanceledException">It was canceled.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        FleetConnection connection =
            await FleetConnection.OpenAsync(_options.Fleet, cancellationToken).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            await RunAsync(connection, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task RunAsync(FleetConnection connection, CancellationToken cancellationToken)
    {
        var store = new ModelStore(connection);
        using var detectors = new DetectorCache(
            (fingerprint, token) => FleetRetry.RunAsync(
                inner => store.FetchAsync(fingerprint, _options.CacheFolder, inner), token),
            _open);
        using var encoders = new EncoderCache(connection, _options);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var inspecting = new InspectionWork(connection, detectors, _options, _counters);
        var encoding = new EncodeWork(connection, encoders, _options, _counters);

        // Both queues may be full; together they take no more than the threads.
        using var turn = new SemaphoreSlim(Threads);
        Func<HeldMessage, CancellationToken, Task> InTurn(Func<HeldMessage, CancellationToken, Task> work) =>
            async (held, token) =>
            {
                await turn.WaitAsync(token).ConfigureAwait(false);
                try
                {
                    await work(held, token).ConfigureAwait(false);
                }
                finally
                {
                    turn.Release();
                }
            };
        // If the reason is still there, the entry will be as well.
        await DeleteAsync(connection.ShutOut).ConfigureAwait(false);
        List<Task> tasks =
        [
            ReportAsync(connection, detectors, stop.Token),
            WatchAsync(connection, detectors, stop.Token),
        ];
        for (int i = 0; i < Threads; i++)
        {
            tasks.Add(new TaskLoop(connection, FleetNames.InspectStream, InTurn(inspecting.HandleAsync))
                .RunAsync(stop.Token));
            tasks.Add(new TaskLoop(connection, FleetNames.EncodeStream, InTurn(encoding.HandleAsync))
                .RunAsync(stop.Token));
        }

        _options.Logger.Started(_options.Name, _options.Fleet.Server.Authority, Threads);
        Task first = await Task.WhenAny(tasks).ConfigureAwait(false);
        await stop.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(tasks).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Exception? cause = first.Exception?.InnerException
            ?? tasks.Select(task => task.Exception?.InnerException).FirstOrDefault(error => error is not null);
        if (cause is ShutOutException)
        {
            await TellAsync(connection.ShutOut, StateOf(detectors) with { ShutOut = cause.Message })
                .ConfigureAwait(false);
        }

        await DeleteAsync(connection.Workers).ConfigureAwait(false);
        if (cause is not null and not OperationCanceledException)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(cause);
        }

        cancellationToken.ThrowIfCancellationRequested();
    }

    private WorkerState StateOf(DetectorCache detectors) => _counters.In(new WorkerState
    {
        Name = _options.Name,
        Version = typeof(FleetWorker).Assembly.GetName().Version?.ToString(3) ?? string.Empty,
        System = $"{RuntimeInformation.RuntimeIdentifier} {InstructionSet}",
        Threads = Threads,
        Models = detectors.Open,
        Started = _started,
    });

    private async Task ReportAsync(
        FleetConnection connection,
        DetectorCache detectors,
        CancellationToken cancellationToken)
    {
        while (true)
        {
            await TellAsync(connection.Workers, StateOf(detectors)).ConfigureAwait(false);
            await Task.Delay(FleetConnection.WorkerLife / 6, cancellationToken).ConfigureAwait(false);
        }
    }

    private static async Task TellAsync(INatsKVStore bucket, WorkerState state)
    {
        try
        {
            await bucket.PutAsync(
                state.Name, JsonSerializer.SerializeToUtf8Bytes(state, FleetJson.Default.WorkerState))
                .ConfigureAwait(false);
        }
        catch (NatsException)
        {
            // The server is away; the next report tells.
        }
    }

    private async Task DeleteAsync(INatsKVStore bucket)
    {
        try
        {
            await bucket.DeleteAsync(_options.Name).ConfigureAwait(false);
        }
        catch (NatsException)
        {
            // The entry expires by itself.
        }
    }

    // New versions are opened before the first image that asks for them.
    private async Task WatchAsync(
        FleetConnection connection,
        DetectorCache detectors,
        CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await foreach (NatsKVEntry<byte[]> entry in connection.Models
                    .WatchAsync<byte[]>(
                        opts: new NatsKVWatchOpts { UpdatesOnly = true }, cancellationToken: cancellationToken)
                    .ConfigureAwait(false))
                {
                    if (ModelStore.Parse(entry.Value) is { } model)
                    {
                        _options.Logger.NewVersion(model.Name, model.Fingerprint[..12]);
                        await OpenAsync(model, detectors, cancellationToken).ConfigureAwait(false);
                    }
                }
            }
            catch (NatsException)
            {
                await Task.Delay(TimeSpan.FromSeconds(1), cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async Task OpenAsync(FleetModel model, DetectorCache detectors, CancellationToken cancellationToken)
    {
        try
        {
            (await detectors.LeaseAsync(model.Fingerprint, cancellationToken).ConfigureAwait(false)).Dispose();
        }
        catch (Exception error) when (error is SemiDefectException and not ShutOutException)
        {
            _options.Logger.NotLoaded(error.Message);
        }
    }
}
