using System.Security.Cryptography;
using System.Text.Json;
using NATS.Client.JetStream;
using NATS.Client.JetStream.Models;
using NATS.Client.KeyValueStore;
using NATS.Client.ObjectStore;
using SemiDefect.Anomaly.Fleet.Connecting;
using SemiDefect.Anomaly.Fleet.Messages;
using SemiDefect.Anomaly.Fleet.Models;
using SemiDefect.Anomaly.Imaging;

namespace SemiDefect.Anomaly.Fleet.Inspecting;

/// <summary>Inspects the images of tasks and stores their results, once each. Thread-safe.</summary>
internal sealed class InspectionWork(
    FleetConnection connection,
    DetectorCache detectors,
    FleetWorkerOptions options,
    WorkerCounters counters)
{
    /// <summary>
    /// An image whose inspection was begun so often without an end is given up: it probably ends the process. That a
    /// worker was stopped before it came so far does not count against an image.
    /// </summary>
    public const int MostBegun = 3;

    // "maximum messages per subject exceeded": there is a result already.
    private const int SubjectIsTaken = 10077;

    /// <summary>Handles one task.</summary>
    /// <exception cref="ShutOutException">This machine computes other results.</exception>
    public async Task HandleAsync(HeldMessage held, CancellationToken cancellationToken)
    {
        if (InspectionTask.Parse(held.Task, out string reason) is not { } task)
        {
            await BuryAsync(held, "unknown", string.Empty, 0, reason, cancellationToken).ConfigureAwait(false);
            await held.DoneAsync().ConfigureAwait(false);
            return;
        }

        (FleetInspection result, byte[]? map) =
            await InspectAsync(held, task, cancellationToken).ConfigureAwait(false);
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(
            result with { Worker = options.Name }, FleetJson.Default.FleetInspection);
        if (json.Length > connection.Payload)
        {
            result = Failed(task, "its result is larger than a message of the NATS server may be");
            json = JsonSerializer.SerializeToUtf8Bytes(result, FleetJson.Default.FleetInspection);
        }

        if (result.Error is { } error)
        {
            await BuryAsync(held, task.Run, task.Name, task.Index, error, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            counters.Inspected();
        }

        if (map is not null)
        {
            await FleetRetry.RunAsync(
                async token => await connection.Images
                    .PutAsync(FleetNames.Map(task.Run, task.Index), map, token)
                    .ConfigureAwait(false),
                cancellationToken).ConfigureAwait(false);
        }

        await StoreAsync(task, json, cancellationToken).ConfigureAwait(false);
        await held.DoneAsync().ConfigureAwait(false);
    }

    private async Task<(FleetInspection Result, byte[]? Map)> InspectAsync(
        HeldMessage held,
        InspectionTask task,
        CancellationToken cancellationToken)
    {
        try
        {
            byte[] image = await ReadAsync(held, task, cancellationToken).ConfigureAwait(false);
            using DetectorCache.Lease lease =
                await detectors.LeaseAsync(task.Model, cancellationToken).ConfigureAwait(false);
            if (held.Attempts > 1 && await BegunAsync(task, cancellationToken).ConfigureAwait(false) > MostBegun)
            {
                string reason =
                    $"{MostBegun} workers began to inspect '{task.Name}' and ended without an answer";
                return (Failed(task, reason), null);
            }

            return await Task.Run(() => lease.Detector.Inspect(task, image, cancellationToken), cancellationToken)
                .ConfigureAwait(false);
        }
        catch (Exception error) when (error is SemiDefectException and not ShutOutException)
        {
            return (Failed(task, error.Message), null);
        }
    }

    // Counts this time as well. Only for images that were given out before, so that it costs the others nothing.
    private async Task<int> BegunAsync(InspectionTask task, CancellationToken cancellationToken)
    {
        string key = $"{task.Run}.{task.Index}";
        return await FleetRetry.RunAsync(
            async token =>
            {
                int begun = 0;
                try
                {
                    begun = (await connection.Suspects.GetEntryAsync<int>(key, cancellationToken: token)
                        .ConfigureAwait(false)).Value;
                }
                catch (Exception error) when (error is NatsKVKeyNotFoundException or NatsKVKeyDeletedException)
                {
                    // The first time.
                }

                await connection.Suspects.PutAsync(key, begun + 1, cancellationToken: token).ConfigureAwait(false);
                return begun + 1;
            },
            cancellationToken).ConfigureAwait(false);
    }

    private async Task<byte[]> ReadAsync(
        HeldMessage held,
        InspectionTask task,
        CancellationToken cancellationToken)
    {
        if (task.Object is { } key)
        {
            try
            {
                return await FleetRetry.RunAsync(
                    async token => await connection.Images.GetBytesAsync(key, token).ConfigureAwait(false),
                    cancellationToken).ConfigureAwait(false);
            }
            catch (NatsObjNotFoundException error)
            {
                throw new FleetException($"'{task.Name}' is not in the object store.", error);
            }
        }

        return task.Path is { } path ? ReadShared(task, path) : held.Message.Data ?? [];
    }

    // Only within the folder that the worker was told, and only the file that the sender meant.
    private byte[] ReadShared(InspectionTask task, string path)
    {
        if (options.SharedFolder is not { } shared)
        {
            throw new FleetException(
                $"'{task.Name}' is to be read from a shared folder, and the worker {options.Name} has none: start it "
                    + "with --shared.");
        }

        string folder = Path.GetFullPath(shared);
        string file = Path.GetFullPath(Path.Combine(folder, path));
        if (!file.StartsWith(folder + Path.DirectorySeparatorChar, StringComparison.Ordinal))
        {
            throw new FleetException($"'{task.Name}' is not inside the shared folder.");
        }

        byte[] image = ImageFile.ReadBytes(file, options.Load.ImageLimits);
        return Convert.ToHexStringLower(SHA256.HashData(image)) == task.Sha256
            ? image
            : throw new FleetException(
                $"'{task.Name}' is another file on the worker {options.Name} than on the machine that sent it.");
    }

    private async Task StoreAsync(InspectionTask task, byte[] json, CancellationToken cancellationToken)
    {
        PubAckResponse answer = await FleetRetry.RunAsync(
            async token => await connection.JetStream
                .PublishAsync(FleetNames.Result(task.Run, task.Index), json, cancellationToken: token)
                .ConfigureAwait(false),
            cancellationToken).ConfigureAwait(false);
        if (answer.Error is { } error && error.ErrCode != SubjectIsTaken)
        {
            throw new FleetException($"NATS refused a result: {error.Description}");
        }
    }

    private async Task BuryAsync(
        HeldMessage held,
        string run,
        string name,
        int index,
        string reason,
        CancellationToken cancellationToken)
    {
        counters.Failed();
        options.Logger.GaveUp(run, name, reason);
        var letter = new DeadLetter(run, name, reason, options.Name, held.Attempts);
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(letter, FleetJson.Default.DeadLetter);
        await FleetRetry.RunAsync(
            async token => await connection.JetStream.PublishAsync(
                FleetNames.Dead(run, $"{index}"),
                json,
                opts: name.Length == 0 ? null : new NatsJSPubOpts { MsgId = $"{run}-{index}" },
                cancellationToken: token).ConfigureAwait(false),
            cancellationToken).ConfigureAwait(false);
    }

    private FleetInspection Failed(InspectionTask task, string error) => new()
    {
        Index = task.Index,
        Name = task.Name,
        Model = task.Model,
        Worker = options.Name,
        Error = error,
    };
}
