using System.Diagnostics;
using System.Threading.Channels;
using SemiDefect.Anomaly.Server.Telemetry;

namespace SemiDefect.Anomaly.Server.Inspecting;

/// <summary>
/// Batches the images of concurrent requests for one detector. A batch starts when it is full, or when its first image
/// has waited for <see cref="ServerOptions.BatchDelay"/>. <see cref="Admission"/> limits the queue. Thread-safe.
/// </summary>
internal sealed class BatchFormer : IAsyncDisposable
{
    private readonly AnomalyDetector _detector;
    private readonly ServerOptions _options;
    private readonly ServerMetrics _metrics;
    private readonly Channel<BatchItem> _items = Channel.CreateUnbounded<BatchItem>();
    private readonly SemaphoreSlim _gathering = new(1);
    private readonly Task _workers;

    public BatchFormer(AnomalyDetector detector, ServerOptions options, ServerMetrics metrics)
    {
        _detector = detector;
        _options = options;
        _metrics = metrics;

        // Two, so that the network runs on one batch during the neighbor search of the other.
        _workers = Task.WhenAll(Task.Run(WorkAsync), Task.Run(WorkAsync));
    }

    /// <summary>Inspects one image in the next batch.</summary>
    /// <exception cref="SemiDefectException">The image does not fit the detector.</exception>
    /// <exception cref="OperationCanceledException">It was canceled before its batch started.</exception>
    public Task<Inspection> InspectAsync(PreparedImage image, string name, CancellationToken cancellationToken)
    {
        var item = new BatchItem(image, name, Stopwatch.GetTimestamp(), cancellationToken);
        ObjectDisposedException.ThrowIf(!_items.Writer.TryWrite(item), this);
        return item.Source.Task;
    }

    /// <summary>Finishes all queued images.</summary>
    public async ValueTask DisposeAsync()
    {
        _items.Writer.TryComplete();
        await _workers.ConfigureAwait(false);
        _gathering.Dispose();
    }

    private async Task WorkAsync()
    {
        var batch = new List<BatchItem>(_options.BatchSize);
        while (true)
        {
            batch.Clear();

            // One worker at a time, because two would each collect half a batch.
            await _gathering.WaitAsync().ConfigureAwait(false);
            try
            {
                if (!await _items.Reader.WaitToReadAsync().ConfigureAwait(false))
                {
                    return;
                }

                await GatherAsync(batch).ConfigureAwait(false);
            }
            finally
            {
                _gathering.Release();
            }

            batch.RemoveAll(item => item.IsCancelled());
            if (batch.Count > 0)
            {
                Run(batch);
            }
        }
    }

    private async Task GatherAsync(List<BatchItem> batch)
    {
        while (batch.Count < _options.BatchSize)
        {
            if (_items.Reader.TryRead(out BatchItem? item))
            {
                batch.Add(item);
                continue;
            }

            TimeSpan left = _options.BatchDelay - Stopwatch.GetElapsedTime(batch[0].Since);
            if (left <= TimeSpan.Zero)
            {
                return;
            }

            using var stop = new CancellationTokenSource(left);
            try
            {
                if (!await _items.Reader.WaitToReadAsync(stop.Token).ConfigureAwait(false))
                {
                    return;
                }
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private void Run(List<BatchItem> batch)
    {
        _metrics.BatchStarted(batch.Count);
        try
        {
            IReadOnlyList<Inspection> inspections = _detector.InspectBatch(
                [.. batch.Select(item => item.Image)],
                [.. batch.Select(item => item.Name)]);
            for (int i = 0; i < batch.Count; i++)
            {
                batch[i].Source.TrySetResult(inspections[i]);
            }
        }
        catch (Exception) when (batch.Count > 1)
        {
            // One bad image must not fail the others, so each is inspected on its own.
            foreach (BatchItem item in batch)
            {
                Run([item]);
            }
        }
        catch (Exception error)
        {
            batch[0].Source.TrySetException(error);
        }
    }
}
