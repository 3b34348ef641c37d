using System.Collections.Concurrent;
using System.Globalization;
using SemiDefect.Anomaly.Evaluation.Checks;
using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.Server.Api;
using SemiDefect.Anomaly.Server.Models;

namespace SemiDefect.Anomaly.Server.Jobs;

/// <summary>
/// Checks training images as semidefect check does. One check runs at a time, on the threads of background work, and a
/// result is kept until an image changes. Thread-safe.
/// </summary>
internal sealed class TrainingCheck(ServerOptions options, TrainingStore training, ModelRegistry registry) : IDisposable
{
    private const int MostKept = 16;

    private static readonly TimeSpan TimeLimit = TimeSpan.FromMinutes(5);

    private readonly ConcurrentDictionary<string, (string Stamp, CheckReport Report)> _kept =
        new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _turn = new(1);

    public void Dispose() => _turn.Dispose();

    /// <summary>The findings about the training images of a model, which may not exist yet.</summary>
    /// <exception cref="OperationCanceledException">It was canceled, or took longer than five minutes.</exception>
    public async Task<TrainingCheckJson> RunAsync(string model, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        stop.CancelAfter(TimeLimit);
        await _turn.WaitAsync(stop.Token).ConfigureAwait(false);
        try
        {
            IReadOnlyList<FileInfo> files = training.Files(model);
            if (files.Count == 0)
            {
                return new TrainingCheckJson(0, []);
            }

            CheckReport report = await CheckAsync(model, StampOf(files), stop.Token).ConfigureAwait(false);
            return new TrainingCheckJson(
                files.Count,
                [
                    .. report.Findings
                        .Select(finding => new TrainingFindingJson(
                            finding.Severity.ToString().ToLowerInvariant(),
                            finding.Code,
                            finding.Message,
                            finding.Paths))
                        .Concat(Suspicious(model, files))
                        .OrderBy(finding => Rank(finding.Severity)),
                ]);
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task<CheckReport> CheckAsync(string model, string stamp, CancellationToken cancellationToken)
    {
        if (_kept.TryGetValue(model, out (string Stamp, CheckReport Report) kept) && kept.Stamp == stamp)
        {
            return kept.Report;
        }

        var reading = new ImageReading { Limits = new ImageLimits(options.MaxImageBytes, options.MaxPixels) };
        CheckReport report = await Task.Run(
            () => DatasetChecker.Check(
                training.Folder(model),
                reading: reading,
                threads: options.BackgroundThreads,
                cancellationToken: cancellationToken),
            cancellationToken).ConfigureAwait(false);
        if (_kept.Count >= MostKept)
        {
            _kept.Clear();
        }

        _kept[model] = (stamp, report);
        return report;
    }

    // The active version has scored its images already: no second fit is needed to find the odd ones.
    private IEnumerable<TrainingFindingJson> Suspicious(string model, IReadOnlyList<FileInfo> files)
    {
        if (ModelStamp.Of(registry.PathOf(model)) is null)
        {
            return [];
        }

        DetectorDescription detector;
        try
        {
            detector = registry.ReadDescription(model);
        }
        catch (Exception error) when (error is SemiDefectException or ProblemException)
        {
            // A broken file is told elsewhere.
            return [];
        }

        HashSet<string> present = [.. files.Select(file => file.Name)];
        IReadOnlyList<double> scores = detector.Thresholds.ImageScores;
        if (scores.Count != detector.Images.Count)
        {
            return [];
        }

        double median = scores.Order().ElementAtOrDefault(scores.Count / 2);
        return detector.Thresholds.FindSuspicious()
            .Where(index => present.Contains(detector.Images[index]))
            .Select(index => new TrainingFindingJson(
                "warning",
                "suspicious_good",
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"A good image looks abnormal to the others (score {scores[index]:G4}, median {median:G4}): look "
                        + $"at it, and remove it if it is not good."),
                [detector.Images[index]]));
    }

    private static int Rank(string severity) => severity switch
    {
        "error" => 0,
        "warning" => 1,
        _ => 2,
    };

    private static string StampOf(IReadOnlyList<FileInfo> files) => string.Join(
        '\n',
        files.Select(file => $"{file.Name}/{file.Length}/{file.LastWriteTimeUtc.Ticks}"));
}
