using NATS.Client.Core;
using NATS.Client.ObjectStore;
using SemiDefect.Anomaly.Encoders;
using SemiDefect.Anomaly.Fleet.Connecting;
using SemiDefect.Anomaly.Fleet.Inspecting;
using SemiDefect.Anomaly.Fleet.Messages;

namespace SemiDefect.Anomaly.Fleet.Fitting;

/// <summary>Encodes the views of tasks and sends their features to the fit that waits for them. Thread-safe.</summary>
internal sealed class EncodeWork(
    FleetConnection connection,
    EncoderCache encoders,
    FleetWorkerOptions options,
    WorkerCounters counters)
{
    /// <summary>The header of an answer without features.</summary>
    public const string ErrorHeader = "Semidefect-Error";

    /// <summary>Handles one task.</summary>
    /// <exception cref="ShutOutException">This machine computes other features.</exception>
    public async Task HandleAsync(HeldMessage held, CancellationToken cancellationToken)
    {
        if (EncodeTask.Parse(held.Task, out string reason) is not { } task)
        {
            counters.Failed();
            options.Logger.GaveUp("unknown", string.Empty, reason);
            await held.DoneAsync().ConfigureAwait(false);
            return;
        }

        try
        {
            byte[] pixels = await ReadAsync(held, task, cancellationToken).ConfigureAwait(false);
            if (pixels.LongLength != 3L * task.Width * task.Height)
            {
                throw new FleetException("A view has another number of pixels than its task says.");
            }

            IPatchEncoder encoder = await encoders.GetAsync(task.Encoder, cancellationToken).ConfigureAwait(false);
            PatchGrid grid = await Task.Run(
                () => EncoderCache.Encode(encoder, task.Width, task.Height, pixels, cancellationToken),
                cancellationToken).ConfigureAwait(false);
            counters.Encoded();
            await FleetRetry.RunAsync(
                token => GridParts.SendAsync(
                    connection.Nats,
                    FleetNames.Features(task.Run, task.Index),
                    grid.Height,
                    grid.Width,
                    grid.Dimension,
                    grid.Vectors,
                    connection.Payload,
                    token),
                cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (error is SemiDefectException and not ShutOutException)
        {
            counters.Failed();
            options.Logger.GaveUp(task.Run, string.Empty, error.Message);
            string text = error.Message.ReplaceLineEndings(" ");
            await connection.Nats.PublishAsync(
                FleetNames.Features(task.Run, task.Index),
                Array.Empty<byte>(),
                new NatsHeaders { [ErrorHeader] = Uri.EscapeDataString(text) },
                cancellationToken: cancellationToken).ConfigureAwait(false);
        }

        await held.DoneAsync().ConfigureAwait(false);
    }

    private async Task<byte[]> ReadAsync(HeldMessage held, EncodeTask task, CancellationToken cancellationToken)
    {
        if (task.Object is not { } key)
        {
            return held.Message.Data ?? [];
        }

        try
        {
            return await FleetRetry.RunAsync(
                async token => await connection.Images.GetBytesAsync(key, token).ConfigureAwait(false),
                cancellationToken).ConfigureAwait(false);
        }
        catch (NatsObjNotFoundException error)
        {
            throw new FleetException("A view is no longer in the object store.", error);
        }
    }
}
