using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using SemiDefect.Anomaly.IO;
using SemiDefect.Anomaly.Server.Api;
using SemiDefect.Anomaly.Server.Models;
using SemiDefect.Anomaly.Server.Publishing;
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
    private const string Unreadable = "unreadable";
    private const string HeatmapEnding = ".heatmap.png";

    private readonly WatchOptions _options;
    private readonly string _folder;
    private readonly string _output;
    private readonly FileStream _lock;
    private readonly WatchJournal _journal;
    private readonly PlacedFiles _placed = new();
    private readonly IWatchJudge _judge;
    private readonly FolderLister _lister;
    private readonly ILogger _logger;
    private readonly WebhookSender? _webhook;

    private FolderWatcher(
        WatchOptions options,
        string folder,
        string output,
        FileStream watcherLock,
        WatchJournal journal,
        IWatchJudge judge,
        ILogger logger)
    {
        _options = options;
        _folder = folder;
        _output = output;
        _lock = watcherLock;
        _journal = journal;
        _judge = judge;
        _lister = new FolderLister(folder, output, options.Settle, journal.Knows);
        _logger = logger;
        _webhook = options.Webhook is { } address
            ? new WebhookSender(address, journal, options.Interval, _logger)
            : null;
    }

    /// <summary>Loads the detector, if no server decides, and opens the journal, OUTPUT/watch.db.</summary>
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

        WebhookClient.Validate(options.Webhook);

        if (options.Server is { Scheme: not ("http" or "https") })
        {
            throw new SemiDefectException($"The server '{options.Server}' must be an http or https address.");
        }

        if (options.Server is not null && !ModelName.IsValid(options.ModelPath))
        {
            throw new SemiDefectException(
                $"'{options.ModelPath}' names no model of a server: give its name there, not a file.");
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
            IWatchJudge judge = options.Server is { } server
                ? new ServerJudge(server, ModelName.Check(options.ModelPath), options.ApiKey, options.Station)
                : new LocalJudge(options, Path.Combine(output, "watch.model"), logger);
            return new FolderWatcher(options, folder, output, watcherLock, journal, judge, logger);
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
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                // Images that a server has not answered for are tried again by the next watcher.
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
        _judge.Dispose();
        _journal.Dispose();
        _lock.Dispose();
    }

    /// <summary>Scans the folder once: inspects complete images and moves them.</summary>
    /// <returns>The number of images inspected.</returns>
    internal async Task<int> ScanAsync(long now, CancellationToken cancellationToken)
    {
        TakeUpAgain();
        await PlaceAllAsync().ConfigureAwait(false);
        int judged = 0;
        foreach (WatchedFile[] batch in _lister.List(now).Chunk(BatchSize))
        {
            if (cancellationToken.IsCancellationRequested)
            {
                break;
            }

            await JudgeAsync(batch, cancellationToken).ConfigureAwait(false);
            await PlaceAllAsync().ConfigureAwait(false);
            judged += batch.Length;
        }

        return judged;
    }

    internal Task<bool> PostAsync(CancellationToken cancellationToken) => _webhook!.SendPendingAsync(cancellationToken);

    private async Task JudgeAsync(WatchedFile[] batch, CancellationToken cancellationToken)
    {
        WatchReport[] reports = [.. batch.Select(file => Report(file, Unreadable))];
        FileToJudge[] files =
            [.. batch.Zip(reports, (file, report) => new FileToJudge(FullPath(file.Path), file.Path, report.Id))];
        IReadOnlyList<WatchDecision> decisions = await _judge
            .JudgeAsync(files, _options.Heatmaps, cancellationToken)
            .ConfigureAwait(false);
        var pending = new List<Task>();
        for (int i = 0; i < batch.Length; i++)
        {
            WatchDecision decision = decisions[i];
            if (decision.Error is { } error)
            {
                // A file that was taken away meanwhile is not reported.
                if (File.Exists(files[i].Path))
                {
                    pending.Add(AddAsync(batch[i], reports[i] with { Error = error }));
                    _logger.Problem(error);
                }

                continue;
            }

            WatchReport report = Complete(reports[i], decision);
            if (decision.Heatmap is { } heatmap)
            {
                AtomicFile.Write(Target(report) + HeatmapEnding, stream => stream.Write(heatmap));
            }

            pending.Add(AddAsync(batch[i], report));
            _logger.Decided(report.Decision, decision.Score - decision.Threshold, batch[i].Path);
        }

        await Task.WhenAll(pending).ConfigureAwait(false);
    }

    private static WatchReport Complete(WatchReport report, WatchDecision decision) => report with
    {
        Decision = DecisionRule.NameOf(decision.Decision),
        Score = decision.Score,
        Threshold = decision.Threshold,
        CheckThreshold = decision.CheckThreshold,
        Margin = decision.Score - decision.Threshold,
        PValue = decision.PValue,
        Regions = decision.Regions,
        ModelVersion = decision.ModelVersion,
        Inspection = decision.Inspection,
    };

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
            _judge.Model,
            file.Path,
            decision,
            null,
            null,
            null,
            null,
            [],
            null,
            null,
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
            _placed.Add(new PlacedFile(entry.File, target), Environment.TickCount64);
        }
    }

    // Whoever still writes to a file goes on where it was moved to. It comes back, and its report goes.
    private void TakeUpAgain()
    {
        foreach (PlacedFile file in _placed.Changed(Environment.TickCount64))
        {
            string source = FullPath(file.State.Path);
            if (!File.Exists(source))
            {
                File.Move(file.Target, source);
                File.Delete(file.Target + ".json");
                File.Delete(file.Target + HeatmapEnding);
                _logger.TakenUpAgain(file.State.Path);
            }
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

    // A name is cut where its report, its heatmap or a number would be longer than file systems take.
    private string OutputPath(string decision, string relativePath)
    {
        const int Room = 8;
        string path = Path.Combine(_output, decision, relativePath);
        string extension = Path.GetExtension(path);
        string stem = FileName.Cut(
            Path.GetFileNameWithoutExtension(path),
            FileName.LongestBytes - Encoding.UTF8.GetByteCount(extension) - HeatmapEnding.Length - Room);
        return Path.Combine(Path.GetDirectoryName(path)!, stem + extension);
    }
}
