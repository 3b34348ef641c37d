using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.IO;
using SemiDefect.Anomaly.Server.Api;
using SemiDefect.Anomaly.Server.Inspecting;
using SemiDefect.Anomaly.Server.Telemetry;

namespace SemiDefect.Anomaly.Server.Models;

/// <summary>
/// The detector files of one folder. A model is loaded on first use and reloaded when its file has changed; requests in
/// progress finish on the old one. Thread-safe.
/// </summary>
internal sealed class ModelRegistry : IAsyncDisposable
{
    public const string Extension = ".sdad";

    private readonly ServerOptions _options;
    private readonly VersionLedger _ledger;
    private readonly ServerMetrics _metrics;
    private readonly ILogger _logger;
    private readonly string _snapshots;
    private readonly ConcurrentDictionary<string, ModelEntry> _entries = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<LoadedModel, bool> _open = [];

    public ModelRegistry(
        ServerOptions options,
        VersionLedger ledger,
        ServerMetrics metrics,
        ILogger<ModelRegistry> logger)
    {
        _options = options;
        _ledger = ledger;
        _metrics = metrics;
        _logger = logger;
        _snapshots = Path.Combine(options.DataFolder, "loaded");
        Directory.CreateDirectory(options.ModelsFolder);
        if (Directory.Exists(_snapshots))
        {
            Directory.Delete(_snapshots, recursive: true);
        }

        Directory.CreateDirectory(_snapshots);
    }

    /// <summary>The number of detectors in memory that answer requests.</summary>
    public int LoadedCount => _entries.Values.Count(entry => entry.Current is not null);

    /// <summary>The names of the models, in ordinal order.</summary>
    public IReadOnlyList<string> Names() =>
    [
        .. Directory.EnumerateFiles(_options.ModelsFolder, "*" + Extension)
            .Where(path => Path.GetExtension(path) == Extension)
            .Select(path => Path.GetFileNameWithoutExtension(path))
            .Where(ModelName.IsValid)
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>A path for a temporary file; the next start deletes it.</summary>
    public string NewTemporaryPath() => Path.Combine(_snapshots, $"{Guid.NewGuid():N}.temporary");

    /// <summary>Rejects a model that has no file.</summary>
    /// <exception cref="ProblemException">There is no such model.</exception>
    public void Require(string name)
    {
        if (!File.Exists(PathOf(name)))
        {
            throw NoModel(name);
        }
    }

    public string PathOf(string name) => Path.Combine(_options.ModelsFolder, ModelName.Check(name) + Extension);

    /// <summary>Leases the model, which stays loaded until the lease is disposed.</summary>
    /// <exception cref="ProblemException">There is no such model.</exception>
    /// <exception cref="SemiDefectException">Its file is unusable.</exception>
    public async Task<ModelLease> LeaseAsync(string name, CancellationToken cancellationToken)
    {
        string path = PathOf(name);
        while (true)
        {
            ModelStamp stamp = ModelStamp.Of(path) ?? throw NoModel(name);
            ModelEntry entry = Entry(name);
            LoadedModel? current = entry.Current;

            // If the changed file is unusable, the old model stays.
            bool isFresh = current is not null && (current.Stamp == stamp || entry.Failure?.Stamp == stamp);
            if (!isFresh && current is not null && entry.Gate.CurrentCount == 0)
            {
                isFresh = true;
            }

            if (isFresh && current!.TryLease() is { } lease)
            {
                return lease;
            }

            await entry.Gate.WaitAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                await RefreshAsync(name, path, entry).ConfigureAwait(false);
            }
            finally
            {
                entry.Gate.Release();
            }
        }
    }

    /// <summary>The header of a model's file.</summary>
    /// <exception cref="ProblemException">There is no such model.</exception>
    /// <exception cref="SemiDefectException">Its file is unusable.</exception>
    public DetectorDescription ReadDescription(string name)
    {
        string path = PathOf(name);
        ModelStamp stamp = ModelStamp.Of(path) ?? throw NoModel(name);
        ModelEntry entry = Entry(name);
        if (entry.Header is { } known && known.Stamp == stamp)
        {
            return known.Description;
        }

        DetectorDescription description = AnomalyDetector.ReadDescription(path);
        entry.Header = new ModelHeader(stamp, description);
        return description;
    }

    /// <summary>Whether the model is loaded, and why its file is unusable.</summary>
    public (bool IsLoaded, string? Error) State(string name) =>
        _entries.TryGetValue(name, out ModelEntry? entry)
            ? (entry.Current is not null, entry.Failure?.Message)
            : (false, null);

    /// <summary>
    /// Finishes changes that a crash has interrupted, and makes versions of files that other programs have put into the
    /// models folder.
    /// </summary>
    public async Task RecoverAsync()
    {
        foreach (string name in Names().Union(_ledger.Models(), StringComparer.Ordinal))
        {
            try
            {
                await _ledger.SyncAsync(name, PathOf(name)).ConfigureAwait(false);
            }
            catch (Exception error) when (
                error is SemiDefectException or IOException or UnauthorizedAccessException)
            {
                // The others can be used.
                _logger.Problem(
                    error is SemiDefectException ? error.Message : $"Cannot read the model '{name}': {error.Message}");
            }
        }
    }

    /// <summary>
    /// Runs <paramref name="change"/>, which may replace or delete the file, while nothing else changes the model, and
    /// reloads the model if it was loaded.
    /// </summary>
    public async Task<T> ChangeAsync<T>(string name, Func<string, Task<T>> change, CancellationToken cancellationToken)
    {
        string path = PathOf(name);
        ModelEntry entry = Entry(name);
        await entry.Gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            T result = await Task.Run(() => change(path), cancellationToken).ConfigureAwait(false);
            await FollowAsync(name, path, entry).ConfigureAwait(false);
            return result;
        }
        finally
        {
            entry.Gate.Release();
        }
    }

    /// <summary>Finishes requests in progress and closes all models.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (LoadedModel model in _open.Keys)
        {
            model.Retire();
            await model.Closed.WaitAsync(_options.StopTimeout).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static ProblemException NoModel(string name) => ProblemException.NotFound($"There is no model '{name}'.");

    private ModelEntry Entry(string name) => _entries.GetOrAdd(name, _ => new ModelEntry());

    // An unusable file is reported by the model's state; the change itself has been made.
    private async Task FollowAsync(string name, string path, ModelEntry entry)
    {
        if (!File.Exists(path))
        {
            entry.Current?.Retire();
            entry.Current = null;
        }
        else if (entry.Current is not null)
        {
            await RefreshAsync(name, path, entry).ConfigureAwait(false);
        }
    }

    private async Task RefreshAsync(string name, string path, ModelEntry entry)
    {
        if (ModelStamp.Of(path) is not { } stamp || entry.Current?.Stamp == stamp)
        {
            return;
        }

        LoadedModel? old = entry.Current;
        try
        {
            await _ledger.SyncAsync(name, path).ConfigureAwait(false);
            stamp = ModelStamp.Of(path) ?? throw NoModel(name);
            LoadedModel loaded = await Task.Run(() => Load(name, path, stamp)).ConfigureAwait(false);
            _open[loaded] = true;
            _ = loaded.Closed.ContinueWith(_ => _open.TryRemove(loaded, out bool _), TaskScheduler.Default);
            entry.Current = loaded;
            entry.Failure = null;
            old?.Retire();
            _logger.ModelReady(name, loaded.Version);
            CloseUnused(loaded);
        }
        catch (SemiDefectException error)
        {
            entry.Failure = new ModelFailure(stamp, error.Message);
            _logger.Problem(error.Message);
            if (old is null)
            {
                throw;
            }
        }
    }

    private LoadedModel Load(string name, string path, ModelStamp stamp)
    {
        string snapshot = Path.Combine(_snapshots, Guid.NewGuid().ToString("N") + Extension);
        try
        {
            string version = ModelVersion.IdOf(Copy(path, snapshot));
            AnomalyDetector detector = AnomalyDetector.Load(snapshot, new LoadOptions
            {
                Device = _options.Device,
                Threads = _options.Threads,
                BatchSize = _options.BatchSize,
                ImageLimits = new ImageLimits(_options.MaxImageBytes, _options.MaxPixels),
                Logger = _logger,
            });
            return new LoadedModel(
                name,
                version,
                stamp,
                snapshot,
                detector,
                new BatchFormer(detector, _options, _metrics));
        }
        catch (Exception error)
        {
            File.Delete(snapshot);
            throw error is SemiDefectException
                ? new SemiDefectException(error.Message.Replace(snapshot, path, StringComparison.Ordinal), error)
                : error is IOException or UnauthorizedAccessException
                ? new SemiDefectException($"Cannot read the model '{name}': {error.Message}", error)
                : error;
        }
    }

    private static string Copy(string from, string to)
    {
        RegularFile.Require(from);
        using var source = new FileStream(from, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var target = new FileStream(to, FileMode.CreateNew, FileAccess.Write);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] block = new byte[1 << 20];
        for (int count; (count = source.Read(block)) > 0;)
        {
            hash.AppendData(block, 0, count);
            target.Write(block, 0, count);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private void CloseUnused(LoadedModel newest)
    {
        LoadedModel[] others =
        [
            .. _entries.Values
                .Select(entry => entry.Current)
                .OfType<LoadedModel>()
                .Where(model => model != newest)
                .OrderBy(model => model.LastUse),
        ];
        foreach (LoadedModel model in others.Take(Math.Max(0, others.Length + 1 - _options.MaxLoadedModels)))
        {
            // The next request for it loads it again.
            ModelEntry entry = Entry(model.Name);
            Interlocked.CompareExchange(ref entry.Current, null, model);
            model.Retire();
        }
    }
}
