using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text.Json;
using NATS.Client.Core;
using NATS.Client.JetStream;
using NATS.Client.JetStream.Models;
using SemiDefect.Anomaly.Fleet.Connecting;
using SemiDefect.Anomaly.Fleet.Inspecting;
using SemiDefect.Anomaly.Fleet.Messages;
using SemiDefect.Anomaly.Fleet.Models;
using SemiDefect.Anomaly.Imaging;

namespace SemiDefect.Anomaly.Fleet;

/// <summary>
/// Has images inspected by the workers of a fleet; each result is that of
/// <see cref="AnomalyDetector.Inspect(string, CancellationToken)"/>. Use once at a time. Memory: the results of
/// <see cref="MostAhead"/> images, and a few images.
/// </summary>
public sealed class FleetScorer : IAsyncDisposable
{
    /// <summary>The number of images that may be on their way.</summary>
    public const int MostAhead = 512;

    // A tie of results and tasks that both are missing is looked for after so long without a result.
    private static readonly TimeSpan StallTime = TimeSpan.FromSeconds(45);

    private readonly FleetConnection _connection;
    private readonly FleetScorerOptions _options;
    private readonly ModelStore _models;

    private FleetScorer(FleetConnection connection, FleetScorerOptions options)
    {
        _connection = connection;
        _options = options;
        _models = new ModelStore(connection);
    }

    /// <summary>Connects.</summary>
    /// <exception cref="FleetException">NATS cannot be used.</exception>
    public static async Task<FleetScorer> OpenAsync(FleetScorerOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new FleetScorer(
            await FleetConnection.OpenAsync(options.Fleet, cancellationToken).ConfigureAwait(false), options);
    }

    /// <summary>The current version of a model.</summary>
    /// <exception cref="FleetException">There is none of that name.</exception>
    public Task<FleetModel> ResolveAsync(string model, CancellationToken cancellationToken) =>
        _models.ResolveAsync(model, cancellationToken);

    /// <summary>Inspects images.</summary>
    /// <param name="model">The version that judges all of them.</param>
    /// <param name="images">The images.</param>
    /// <param name="cancellationToken">Stops the run and removes it from the fleet.</param>
    /// <returns>One result for each image, in order; with <see cref="FleetInspection.Error"/> if it failed.</returns>
    /// <exception cref="FleetException">NATS cannot be reached any more.</exception>
    public async IAsyncEnumerable<FleetInspection> ScoreAsync(
        FleetModel model,
        IReadOnlyList<FleetImage> images,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(images);
        await WarnAsync(cancellationToken).ConfigureAwait(false);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var run = new FleetRun(images.Count, MostAhead);
        Task[] tasks =
        [
            Task.Run(() => SendAllAsync(run, model, images, stop.Token), CancellationToken.None),
            Task.Run(() => ReceiveAsync(run, stop.Token), CancellationToken.None),
            Task.Run(() => WatchAsync(run, model, images, stop.Token), CancellationToken.None),
        ];
        foreach (Task task in tasks)
        {
            _ = task.ContinueWith(
                failed => run.Fail(failed.Exception!.InnerException!),
                CancellationToken.None,
                TaskContinuationOptions.OnlyOnFaulted,
                TaskScheduler.Default);
        }

        try
        {
            for (int i = 0; i < images.Count; i++)
            {
                FleetInspection result = await run.NextAsync(cancellationToken).ConfigureAwait(false);
                yield return result with { Name = images[i].Name };
            }
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(tasks).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await ForgetAsync(run).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    private async Task WarnAsync(CancellationToken cancellationToken)
    {
        await foreach (string _ in _connection.Workers
            .GetKeysAsync(cancellationToken: cancellationToken)
            .ConfigureAwait(false))
        {
            return;
        }

        _options.Logger.NoWorkers();
    }

    private async Task SendAllAsync(
        FleetRun run,
        FleetModel model,
        IReadOnlyList<FleetImage> images,
        CancellationToken cancellationToken)
    {
        for (int i = 0; i < images.Count; i++)
        {
            await run.EnterAsync(cancellationToken).ConfigureAwait(false);
            await SendAsync(run, model, images[i], i, 0, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task SendAsync(
        FleetRun run,
        FleetModel model,
        FleetImage image,
        int index,
        int attempt,
        CancellationToken cancellationToken)
    {
        byte[] bytes;
        try
        {
            bytes = ImageFile.ReadBytes(image.Path, _options.ImageLimits);
        }
        catch (SemiDefectException error)
        {
            run.Add(new FleetInspection
            {
                Index = index,
                Name = image.Name,
                Model = model.Fingerprint,
                Worker = string.Empty,
                Error = error.Message,
            });
            return;
        }

        string? shared = SharedPath(image.Path);
        var task = new InspectionTask
        {
            Version = InspectionTask.CurrentVersion,
            Run = run.Id,
            Index = index,
            Model = model.Fingerprint,

            // Messages of errors name the file, as those of a single machine do.
            Name = InspectionTask.IsName(image.Path) ? image.Path : $"image {index}",
            Page = image.Page,
            Object = shared is null && bytes.Length > _connection.Payload ? run.ObjectOf(index) : null,
            Path = shared,
            Sha256 = shared is null ? null : Convert.ToHexStringLower(SHA256.HashData(bytes)),
        };
        await _connection.SendAsync(task, bytes, attempt, cancellationToken).ConfigureAwait(false);
    }

    // Relative, because the folder may be elsewhere on the workers; null if the image has to be sent.
    private string? SharedPath(string path)
    {
        if (_options.SharedFolder is not { } shared)
        {
            return null;
        }

        string relative = Path.GetRelativePath(Path.GetFullPath(shared), Path.GetFullPath(path)).Replace('\\', '/');
        return relative.StartsWith("..", StringComparison.Ordinal) || Path.IsPathRooted(relative) ? null : relative;
    }

    private async Task ReceiveAsync(FleetRun run, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                INatsJSConsumer consumer =
                    await _connection.ResultsAsync(run.Id, cancellationToken).ConfigureAwait(false);
                await foreach (INatsJSMsg<byte[]> message in consumer
                    .ConsumeAsync<byte[]>(cancellationToken: cancellationToken)
                    .ConfigureAwait(false))
                {
                    Accept(run, message.Subject, message.Data);
                    await message.AckAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
                }
            }
            catch (NatsException)
            {
                // The server is away or was started anew; results that were not acknowledged come again.
            }

            await Task.Delay(TimeSpan.FromSeconds(1), cancellationToken).ConfigureAwait(false);
        }
    }

    private void Accept(FleetRun run, string subject, byte[]? data)
    {
        FleetInspection? result = null;
        try
        {
            result = data is null ? null : JsonSerializer.Deserialize(data, FleetJson.Default.FleetInspection);
        }
        catch (JsonException)
        {
            // Not from a worker.
        }

        if (result is null || subject != FleetNames.Result(run.Id, result.Index))
        {
            return;
        }

        bool isObject = run.HadObject(result.Index);
        if (run.Add(result) && isObject)
        {
            _ = _connection.DeleteImageAsync(run.ObjectOf(result.Index));
        }
    }

    // A task and its result can both be lost only with the disk of the server; then the image is sent again.
    private async Task WatchAsync(
        FleetRun run,
        FleetModel model,
        IReadOnlyList<FleetImage> images,
        CancellationToken cancellationToken)
    {
        int before = -1;
        for (int attempt = 1; ; attempt++)
        {
            await Task.Delay(StallTime, cancellationToken).ConfigureAwait(false);
            int done = run.Done;
            if (done == before && !await HasTasksAsync(run, cancellationToken).ConfigureAwait(false))
            {
                foreach (int index in run.Missing)
                {
                    await SendAsync(run, model, images[index], index, attempt, cancellationToken)
                        .ConfigureAwait(false);
                }
            }

            before = done;
        }
    }

    private async Task<bool> HasTasksAsync(FleetRun run, CancellationToken cancellationToken)
    {
        string subject = FleetNames.Inspect(run.Id);
        INatsJSStream stream = await FleetRetry.RunAsync(
            async token => await _connection.JetStream.GetStreamAsync(
                FleetNames.InspectStream,
                new StreamInfoRequest { SubjectsFilter = subject },
                token).ConfigureAwait(false),
            cancellationToken).ConfigureAwait(false);
        return stream.Info.State.Subjects?.ContainsKey(subject) == true;
    }

    private async Task ForgetAsync(FleetRun run)
    {
        await _connection.ForgetAsync(run.Id).ConfigureAwait(false);
        foreach (int index in run.Missing.Where(run.HadObject))
        {
            await _connection.DeleteImageAsync(run.ObjectOf(index)).ConfigureAwait(false);
        }
    }
}
