using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using SemiDefect.Anomaly.Server.Jobs;
using SemiDefect.Anomaly.Server.Models;
using SemiDefect.Anomaly.Server.Telemetry;

namespace SemiDefect.Anomaly.Server.Storage;

/// <summary>
/// Keeps the history and the pictures within their limits, and deletes what a killed process left behind.
/// </summary>
internal sealed class Housekeeper : BackgroundService
{
    private const int Step = 500;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan AnswersKept = TimeSpan.FromHours(24);

    private readonly ServerOptions _options;
    private readonly InspectionStore _store;
    private readonly PictureStore _pictures;
    private readonly FeedbackStore _feedback;
    private readonly Trash _trash;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private long _bytes;

    public Housekeeper(
        ServerOptions options,
        InspectionStore store,
        PictureStore pictures,
        FeedbackStore feedback,
        Trash trash,
        TimeProvider clock,
        ILogger<Housekeeper> logger)
    {
        _options = options;
        _store = store;
        _pictures = pictures;
        _feedback = feedback;
        _trash = trash;
        _clock = clock;
        _logger = logger;
        _bytes = store.TotalPictureBytes();
    }

    /// <summary>Counts a new picture.</summary>
    public void Added(long bytes) => Interlocked.Add(ref _bytes, bytes);

    /// <summary>Enforces the limits once.</summary>
    public async Task TidyAsync(CancellationToken cancellationToken)
    {
        while (Interlocked.Read(ref _bytes) - _options.PictureBytes is > 0 and long excess)
        {
            IReadOnlyList<(string, long)> forgotten = await _store.ForgetPicturesAsync(excess, Step)
                .ConfigureAwait(false);
            Delete(forgotten);
            cancellationToken.ThrowIfCancellationRequested();
            if (forgotten.Count == 0)
            {
                break;
            }
        }

        await _trash.PurgeAsync(cancellationToken).ConfigureAwait(false);
        Delete(
            await _store.PurgeAsync(_options.MaxInspections, _clock.GetUtcNow() - AnswersKept, Step)
                .ConfigureAwait(false));
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await Task.Run(() => Sweep(stoppingToken), stoppingToken).ConfigureAwait(false);
            using var timer = new PeriodicTimer(Interval, _clock);
            do
            {
                try
                {
                    await TidyAsync(stoppingToken).ConfigureAwait(false);
                }
                catch (SemiDefectException error)
                {
                    _logger.Problem(error.Message);
                }
            }
            while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false));
        }
        catch (OperationCanceledException)
        {
            // The server is stopping.
        }
    }

    private void Sweep(CancellationToken cancellationToken)
    {
        // Older versions of the program kept the images of false alarms only.
        foreach (InspectionRecord defect in _store.KnownDefects(null))
        {
            cancellationToken.ThrowIfCancellationRequested();
            _feedback.Keep(defect);
        }

        // A picture is written before its inspection, so a recent one may not be an orphan.
        foreach (string picture in _pictures.List(_clock.GetUtcNow().UtcDateTime - TimeSpan.FromMinutes(10)))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!_store.HasPicture(picture))
            {
                _pictures.Delete(picture);
            }
        }
    }

    private void Delete(IEnumerable<(string Picture, long Bytes)> forgotten)
    {
        foreach ((string picture, long bytes) in forgotten)
        {
            _pictures.Delete(picture);
            Interlocked.Add(ref _bytes, -bytes);
        }
    }
}
