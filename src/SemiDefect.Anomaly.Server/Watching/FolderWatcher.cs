using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.Imaging.Codecs;
using SemiDefect.Anomaly.IO;
using SemiDefect.Anomaly.Rendering;
using SemiDefect.Anomaly.Server.Api;
using SemiDefect.Anomaly.Server.Telemetry;

namespace SemiDefect.Anomaly.Server.Watching;

/// <summary>
/// Inspects each image that arrives in a folder exactly once, across restarts. Moves it and a report to the folder of
/// its decision, and posts the report. The simplest way to connect a camera. Not thread-safe; one watcher per output
/// folder.
/// </summary>
public sealed class FolderWatcher : IDisposable
{
    private const int BatchSize = 32;
    private const int MostRegions = 100;
    private const string Unreadable = "unreadable";

    private readonly WatchOptions _options;
    private readonly string _folder;
    private readonly string _output;
    private readonly string _model;
    private readonly FileStream _lock;
    private readonly WatchJournal _journal;
    private readonly AnomalyDetector _detector;
    private readonly FolderLister _lister;
    private readonly ILogger _logger;
    private readonly WebhookSender? _webhook;

    private FolderWatcher(
        WatchOptions options,
        string folder,
        string output,
        FileStream watcherLock,
        WatchJournal journal,
        AnomalyDetector detector,
        ILogger logger)
    {
        _options = options;
        _folder = folder;
        _output = output;
        _lock = watcherLock;
        _journal = journal;
        _detector = detector;
        _model = Path.GetFileNameWithoutExtension(options.ModelPath);
        _lister = new FolderLister(folder, output, options.Settle, journal.Knows);
        _logger = logger;
        _webhook = options.Webhook is { } address
            ? new WebhookSender(address, journal, options.Interval, _logger)
            : null;
    }

    /// <summary>Loads the detector and opens the journal, OUTPUT/watch.db.</summary>
    /// <exception cref="SemiDefectException">
    /// A folder or the detector is unusable; the message says what to do.
    /// </exception>
    public static FolderWatcher Open(WatchOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        string folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(options.Folder));
        string output = Path.TrimEndingDirectorySeparator(Path.GetFullPath(options.OutputFolder));
        if (!Directory.Exists(folder))
        {
            throw new SemiDefectException($"There is no folder '{options.Folder}' to watch. Check the path.");
        }

        if (folder == output || folder.StartsWith(output + Path.DirectorySeparatorChar, StringComparison.Ordinal))
        {
            throw new SemiDefectException(
                $"The output folder '{options.OutputFolder}' holds the watched one: choose another (--out).");
        }

        if (options.Webhook is { Scheme: not ("http" or "https") })
        {
            throw new SemiDefectException($"The webhook '{options.Webhook}' must be an http or https address.");
        }

        FileStream? watcherLock = null;
        WatchJournal? journal = null;
        try
        {
            Directory.CreateDirectory(output);
            watcherLock = new FileStream(
                Path.Combine(output, "watch.lock"),
                FileMode.OpenOrCreate,
                FileAccess.ReadWrite,
                FileShare.None);
            journal = new WatchJournal(Path.Combine(output, "watch.db"));
            ILogger logger = options.LoggerFactory.CreateLogger<FolderWatcher>();
            var load = new LoadOptions
            {
                Device = options.Device,
                Threads = options.Threads,
                ImageLimits = options.ImageLimits,
                Logger = logger,
            };
            AnomalyDetector detector = AnomalyDetector.Load(options.ModelPath, load);
            return new FolderWatcher(options, folder, output, watcherLock, journal, detector, logger);
        }
        catch (Exception error)
        {
            journal?.Dispose();
            watcherLock?.Dispose();
            throw error is IOException or UnauthorizedAccessException
                ? new SemiDefectException(
                    $"The output folder '{options.OutputFolder}' cannot be used, "
                        + $"or another watcher uses it: {error.Message}",
                    error)
                : error;
        }
    }

    /// <summary>Watches until it is canceled; a started batch is finished.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        Task posting = _webhook?.RunAsync(cancellationToken) ?? Task.CompletedTask;
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await ScanAsync(Environment.TickCount64, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception error) when (
                error is SemiDefectException or IOException or UnauthorizedAccessException or SqliteException)
            {
                // For example, a network share is offline: the next scan continues, and nothing is lost.
                _logger.Problem(error.Message);
            }

            await Task.Delay(_options.Interval, cancellationToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await posting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Releases the detector and the journal.</summary>
    public void Dispose()
    {
        _webhook?.Dispose();
        _detector.Dispose();
        _journal.Dispose();
        _lock.Dispose();
    }

    /// <summary>Scans the folder once: inspects complete images and moves them.</summary>
    /// <returns>The number of images inspected.</returns>
    internal async Task<int> ScanAsync(long now, CancellationToken cancellationToken)
    {
        await PlaceAllAsync().ConfigureAwait(false);
        int judged = 0;
        foreach (WatchedFile[] batch in _lister.List(now).Chunk(BatchSize))
        {
            if (cancellationToken.IsCancellationRequested)
            {
                break;
            }

            await JudgeAsync(batch).ConfigureAwait(false);
            await PlaceAllAsync().ConfigureAwait(false);
            judged += batch.Length;
        }

        return judged;
    }

    internal Task<bool> PostAsync(CancellationToken cancellationToken) => _webhook!.SendPendingAsync(cancellationToken);

    private async Task JudgeAsync(WatchedFile[] batch)
    {
        string[] paths = [.. batch.Select(file => FullPath(file.Path))];
        var errors = new SemiDefectException?[batch.Length];
        var pending = new List<Task>();
        await foreach (Inspection inspection in _detector.InspectAsync(paths, (index, error) => errors[index] = error)
            .ConfigureAwait(false))
        {
            WatchedFile file = batch[inspection.Index];
            string decision = inspection.IsAbnormal ? "abnormal" : "normal";
            WatchReport report = Report(file, decision) with
            {
                Score = inspection.Score,
                Threshold = inspection.Threshold,
                Margin = inspection.Margin,
                PValue = inspection.PValue,
                Regions = [.. inspection.Regions.Take(MostRegions)],
            };
            if (_options.Heatmaps && inspection.IsAbnormal)
            {
                WriteHeatmap(paths[inspection.Index], inspection, Target(report) + ".heatmap.png");
            }

            pending.Add(AddAsync(file, report));
            _logger.Decided(decision, inspection.Margin, file.Path);
        }

        for (int i = 0; i < batch.Length; i++)
        {
            if (errors[i] is { } error && File.Exists(paths[i]))
            {
                pending.Add(AddAsync(batch[i], Report(batch[i], Unreadable) with { Error = error.Message }));
                _logger.Problem(error.Message);
            }
        }

        await Task.WhenAll(pending).ConfigureAwait(false);
    }

    private async Task AddAsync(WatchedFile file, WatchReport report)
    {
        await _journal.AddAsync(file, report, _webhook is not null).ConfigureAwait(false);
        _lister.Done(file);
    }

    private WatchReport Report(WatchedFile file, string decision)
    {
        // The id depends only on the file state, so a receiver recognizes a repeated report.
        string state = string.Create(CultureInfo.InvariantCulture, $"{file.Path}\n{file.Length}\n{file.Written}");
        string id = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(state)))[..32];
        return new WatchReport(
            id,
            DateTimeOffset.UtcNow,
            _model,
            file.Path,
            decision,
            null,
            null,
            null,
            null,
            [],
            null);
    }

    private async Task PlaceAllAsync()
    {
        while (_journal.ToPlace(BatchSize) is { Count: > 0 } entries)
        {
            foreach (JournalEntry entry in entries)
            {
                Place(entry);
                await _journal.PlacedAsync(entry.Id).ConfigureAwait(false);
            }
        }
    }

    // Idempotent: after a crash, it is repeated.
    private void Place(JournalEntry entry)
    {
        string target = Target(entry.Report);
        AtomicFile.WriteText(
            target + ".json",
            JsonSerializer.Serialize(entry.Report, ServerJson.Types.WatchReport) + "\n");
        string source = FullPath(entry.File.Path);
        var file = new FileInfo(source);
        if (_options.Move
            && file.Exists
            && file.Length == entry.File.Length
            && file.LastWriteTimeUtc.Ticks == entry.File.Written)
        {
            File.Move(source, target, overwrite: true);
        }
    }

    private void WriteHeatmap(string path, Inspection inspection, string target)
    {
        try
        {
            Image overlay = HeatmapRenderer.Render(
                ImageFile.Read(path, _detector.Reading),
                inspection.Map,
                (float)inspection.PixelThreshold,
                new HeatmapOptions { Geometry = inspection.Geometry });
            AtomicFile.Write(target, stream => PngWriter.Write(stream, overlay.Width, overlay.Height, 3, overlay.Rgb));
        }
        catch (SemiDefectException error)
        {
            // The decision stands without its heatmap.
            _logger.Problem(error.Message);
        }
    }

    // A camera may reuse a name: the first image keeps it, and so do its report and its heatmap.
    private string Target(WatchReport report)
    {
        string first = OutputPath(report.Decision, report.Path);
        string target = first;
        for (int i = 2; IsTaken(target, report.Id); i++)
        {
            target = Path.Combine(
                Path.GetDirectoryName(first)!,
                $"{Path.GetFileNameWithoutExtension(first)}-{i}{Path.GetExtension(first)}");
        }

        return target;
    }

    private static bool IsTaken(string target, string id)
    {
        string report = target + ".json";
        return File.Exists(report) ? IdOf(report) != id : File.Exists(target);
    }

    private static string? IdOf(string report)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllText(report), ServerJson.Types.WatchReport)?.Id;
        }
        catch (JsonException)
        {
            // Not one of our reports.
            return null;
        }
    }

    private string FullPath(string relativePath) => Path.Combine(_folder, relativePath);

    private string OutputPath(string decision, string relativePath) => Path.Combine(_output, decision, relativePath);
}
