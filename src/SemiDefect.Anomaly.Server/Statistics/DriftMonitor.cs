using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using SemiDefect.Anomaly.Server.Api;
using SemiDefect.Anomaly.Server.Inspecting;
using SemiDefect.Anomaly.Server.Models;
using SemiDefect.Anomaly.Server.Publishing;
using SemiDefect.Anomaly.Server.Storage;
using SemiDefect.Anomaly.Server.Telemetry;

namespace SemiDefect.Anomaly.Server.Statistics;

/// <summary>
/// Compares the scores of the latest good parts of each model with earlier ones, at most once a second, and says when a
/// drift begins and ends, in the log and to the webhook. Versions that differ in thresholds only count as one.
/// Thread-safe.
/// </summary>
internal sealed class DriftMonitor(
    InspectionStore store,
    InspectionFeed feed,
    VersionLedger ledger,
    ModelRegistry registry,
    DriftWebhook webhook,
    ILogger<DriftMonitor> logger) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, DriftState> _states = new(StringComparer.Ordinal);

    /// <summary>The state of a model; null before its first inspection since the start of the server.</summary>
    public DriftState? Find(string model) => _states.GetValueOrDefault(model);

    /// <summary>The drift of each model: the larger of both comparisons.</summary>
    public IEnumerable<Measurement<double>> Measure() => _states
        .Where(one => one.Value.Median is not null)
        .Select(one => new Measurement<double>(
            Math.Max(one.Value.AgainstGood ?? 0, Math.Abs(one.Value.AgainstFirst ?? 0)),
            new KeyValuePair<string, object?>("model", one.Key)));

    /// <summary>The state as of now.</summary>
    /// <exception cref="SemiDefectException">The detector file is unusable, or there is none.</exception>
    public DriftState Compute(string model)
    {
        IReadOnlyList<double> good = registry.ReadDescription(model).Thresholds.ImageScores;
        if (ledger.FindActive(model) is not { } active)
        {
            return DriftState.Of(good, [], []);
        }

        string[] alike =
        [
            .. ledger.List(model).Where(version => version.Scoring == active.Scoring).Select(version => version.Id),
        ];
        const int Both = DriftState.First + DriftState.Latest;
        IReadOnlyList<double> first = store.GoodScores(model, alike, isLatest: false, Both);
        IReadOnlyList<double> latest = store.GoodScores(model, alike, isLatest: true, DriftState.Latest);

        // The first parts end where the latest begin.
        return DriftState.Of(good, [.. first.Take(first.Count - latest.Count)], latest);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        long last = 0;
        while (!stoppingToken.IsCancellationRequested)
        {
            Task next = feed.Next;
            try
            {
                long newest = store.LastId();
                foreach (string model in newest > last ? store.ModelsAfter(last) : [])
                {
                    Update(model);
                }

                last = newest;
            }
            catch (Exception error)
            {
                // The next inspection tries again; an exception would end the server.
                logger.Problem($"The drift of scores cannot be computed: {error.Message}");
            }

            await Task.WhenAny(next, Task.Delay(Timeout.Infinite, stoppingToken)).ConfigureAwait(false);
            await Task.Delay(Pause, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private void Update(string model)
    {
        DriftState state;
        try
        {
            state = Compute(model);
        }
        catch (Exception error) when (
            error is SemiDefectException or ProblemException or IOException or UnauthorizedAccessException)
        {
            // The model was deleted, or its file is unusable, which requests report.
            _states.TryRemove(model, out _);
            return;
        }

        bool wasDrift = Find(model)?.IsDrift == true;
        _states[model] = state;
        if (state.IsDrift && !wasDrift)
        {
            logger.Drifting(model, state.Parts, state.Median);
            webhook.Send(model, state);
        }
        else if (wasDrift && !state.IsDrift)
        {
            logger.DriftEnded(model);
            webhook.Send(model, state);
        }
    }
}
